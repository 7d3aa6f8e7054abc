// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the demo did and found. Immutable.
 *
 * @param store where the log is
 * @param crash what was found after the kill
 * @param answers what DuckDB says about the tables in the end
 * @param rows rows of metrics in the journal
 * @param missing of these, not in the table
 * @param ledger of all sessions
 * @param verified events the verifier read
 * @param failures checks that failed; empty when all is well
 */
record DemoReport(
    Path store,
    DemoPlan plan,
    Crash crash,
    Answers answers,
    long rows,
    long missing,
    Ledger ledger,
    long verified,
    List<String> failures) {

  /**
   * What the killed process left.
   *
   * @param steps steps of the long run in the journal
   * @param savedStep how many steps the newest checkpoint stands for
   * @param acknowledged rows whose place on disk was noted outside the log
   * @param acknowledgedLost of these, not in the table in the end
   * @param openMillis how long opening took, recovery included
   */
  record Crash(
      long steps, int savedStep, long acknowledged, long acknowledgedLost, long openMillis) {}

  /** Copies the failures. */
  DemoReport {
    failures = List.copyOf(failures);
  }

  boolean ok() {
    return failures.isEmpty();
  }

  /** The sentence of the ledger: {@code 0 lost, 0 twice, 12 dropped and declared}. */
  String verdict() {
    return (ledger.lost() + missing)
        + " lost, "
        + answers.rows().twice()
        + " twice, "
        + ledger.dropped()
        + " dropped and declared";
  }

  /**
   * For people; lines without their ends.
   *
   * @param colours whether the curve may use a terminal's colours
   */
  List<String> toText(boolean colours) {
    List<String> lines = new ArrayList<>();
    addStory(lines);
    lines.add("");
    lines.add("DUCKDB on " + shown(table()));
    answers.text().forEach(line -> lines.add("   " + line));
    lines.add("");
    String title = "LOSS of " + DemoPlan.LONG_RUN + ", logarithmic, from the table";
    lines.addAll(Curve.draw(title, answers.attempts(), colours));
    lines.add("");
    addLedger(lines);
    lines.add("");
    addEnd(lines);
    return lines;
  }

  private Path table() {
    return store.resolve("outputs").resolve("metrics.parquet");
  }

  /** As one would type it in the working directory. */
  static Path shown(Path path) {
    Path here = Path.of("").toAbsolutePath();
    return path.startsWith(here) ? here.relativize(path) : path;
  }

  private void addStory(List<String> lines) {
    lines.add("THE CRASH");
    lines.add(
        line(
            "%,10d of %,d steps were logged when the training process killed itself (SIGKILL)",
            crash.steps, plan.longRun().steps()));
    lines.add(
        line(
            "%,10d rows were known to be on disk by then, %d of them lost",
            crash.acknowledged, crash.acknowledgedLost));
    lines.add(line("%,10d ms to open the log again", crash.openMillis));
    lines.add(
        line(
            "%,10d steps stood in the newest checkpoint; attempt 1 went on from there",
            crash.savedStep));
    lines.add(
        line(
            "%,10d steps were logged by both attempts, %d with other numbers",
            answers.repeated(), answers.differing()));
    lines.add(
        "           weights and losses are, bit by bit, those of a run that was never killed");
    lines.add(
        line("%10.1f %% of the test images are recognised in the end", 100 * answers.accuracy()));
  }

  private void addLedger(List<String> lines) {
    lines.add("LEDGER");
    lines.add("   session  producer        offered =    stored +  dropped");
    for (Ledger.Account account : ledger.accounts()) {
      String reasons = account.reasons();
      lines.add(
          line(
              "%10d  %-13s %,9d   %,9d   %,8d%s",
              account.session(),
              account.name(),
              account.offered(),
              account.stored(),
              account.dropped(),
              reasons.isEmpty() ? "" : "  (" + reasons + ")"));
    }
    lines.add("   " + verdict());
  }

  private void addEnd(List<String> lines) {
    if (ok()) {
      lines.add(
          line(
              "All checks passed: %,d rows in the journal, the same %,d in the table, value by value.",
              rows, answers.count()));
    } else {
      lines.add(failures.size() + " CHECKS FAILED (repeat with --seed " + plan.seed() + ")");
      failures.forEach(failure -> lines.add("  " + failure));
    }
    lines.add("");
    Path log = shown(store);
    lines.add("table   " + shown(table()));
    lines.add("log     " + log);
    lines.add("Try next:");
    lines.add("  ./ringfold query " + log + " \"select * from latest limit 5\"");
    lines.add("  ./ringfold report " + log + " --out report.html");
    lines.add("  ./ringfold at checkpoint " + log);
    lines.add(
        "  ./ringfold fork " + log + " --at checkpoint --to " + log + "-again --name lr-halved");
    lines.add("  ./ringfold verify " + log + " --rebuild");
  }

  /** For scripts. */
  ObjectNode toJson() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("store", store.toString()).put("table", table().toString());
    root.put("seed", plan.seed()).put("ok", ok());
    root.put("steps", plan.longRun().steps()).put("stepsBeforeKill", crash.steps);
    root.put("savedStep", crash.savedStep).put("acknowledged", crash.acknowledged);
    root.put("acknowledgedLost", crash.acknowledgedLost).put("openMillis", crash.openMillis);
    root.put("repeated", answers.repeated()).put("differing", answers.differing());
    root.put("latestSteps", answers.latestSteps()).put("accuracy", answers.accuracy());
    root.put("journalRows", rows).put("tableRows", answers.count());
    root.put("lost", ledger.lost() + missing).put("twice", answers.rows().twice());
    root.put("dropped", ledger.dropped()).put("verifiedEvents", verified);
    ArrayNode accounts = root.putArray("ledger");
    for (Ledger.Account account : ledger.accounts()) {
      accounts
          .addObject()
          .put("session", account.session())
          .put("producer", account.name())
          .put("offered", account.offered())
          .put("stored", account.stored())
          .put("dropped", account.dropped());
    }
    ArrayNode problems = root.putArray("failures");
    failures.forEach(problems::add);
    return root;
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
