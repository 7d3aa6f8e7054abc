// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.event.DropReason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the demo did and found. Immutable.
 *
 * @param store where the log is
 * @param crash what was found after the kill
 * @param resumedRows rows published after the crash
 * @param duplicates appends that were sent again and recognised by their key
 * @param end what the journal holds in the end
 * @param verified events the verifier read
 * @param failures checks that failed; empty when all is well
 */
record DemoReport(
    Path store,
    long seed,
    Crash crash,
    long resumedRows,
    long duplicates,
    StoredRows end,
    long verified,
    List<String> failures) {

  /**
   * The state right after the store was opened again.
   *
   * @param offered rows the killed process had offered or appended, from its counters
   * @param recovered of these, found in the journal
   * @param wrong of the recovered ones, different from the data set
   * @param crashDrops of these, declared as dropped by the crash
   * @param ringFull of these, declared as dropped since the ring was full
   * @param acknowledged appends whose acknowledgement at DISK was noted
   * @param acknowledgedLost of these, not in the journal
   * @param openMillis how long opening took, recovery included
   */
  record Crash(
      long offered,
      long recovered,
      long wrong,
      long crashDrops,
      long ringFull,
      long acknowledged,
      long acknowledgedLost,
      long openMillis) {

    static Crash of(StoredRows stored, long acknowledged, long acknowledgedLost, long openMillis) {
      long offered = 0;
      long crashed = 0;
      long ringFull = 0;
      for (Ledger.Account account : stored.ledger().accounts()) {
        if (account.session() == 1) {
          offered += account.offered();
          crashed += account.dropped(DropReason.CRASH);
          ringFull += account.dropped(DropReason.RING_FULL);
        }
      }
      return new Crash(
          offered,
          stored.rows(),
          stored.wrong(),
          crashed,
          ringFull,
          acknowledged,
          acknowledgedLost,
          openMillis);
    }
  }

  /** Copies the failures. */
  DemoReport {
    failures = List.copyOf(failures);
  }

  boolean ok() {
    return failures.isEmpty();
  }

  /** The sentence of the ledger: {@code 0 lost, 0 twice, 12 dropped and declared}. */
  String verdict() {
    return end.ledger().lost()
        + " lost, "
        + end.twice()
        + " twice, "
        + end.ledger().dropped()
        + " dropped and declared";
  }

  /** For people; lines without their ends. */
  List<String> toText() {
    List<String> lines = new ArrayList<>();
    lines.add("THE CRASH");
    lines.add(
        line("%,10d rows published by a process that killed itself (SIGKILL)", crash.offered));
    lines.add(
        line("%,10d recovered; compared bit by bit, %d differ", crash.recovered, crash.wrong));
    lines.add(line("%,10d declared: no room in the ring, the caller did not wait", crash.ringFull));
    lines.add(line("%,10d declared: in the ring when the process died", crash.crashDrops));
    lines.add(
        line(
            "%,10d acknowledged at DISK before, %d acknowledged lost",
            crash.acknowledged, crash.acknowledgedLost));
    lines.add(line("%,10d ms to open the store again", crash.openMillis));
    lines.add("");
    lines.add("AFTERWARDS");
    lines.add(line("%,10d rows that were missing are published", resumedRows));
    lines.add(line("%,10d appends sent again were there: recognised by their key", duplicates));
    lines.add(
        line("%,10d rows in the journal, %d differ from the data set", end.rows(), end.wrong()));
    lines.add("");
    addLedger(lines);
    lines.add("");
    lines.add("TAIL");
    lines.addAll(end.tail());
    lines.add("");
    addEnd(lines);
    return lines;
  }

  private void addLedger(List<String> lines) {
    lines.add("LEDGER");
    lines.add("   session  producer      offered =    stored +  dropped");
    for (Ledger.Account account : end.ledger().accounts()) {
      String reasons = account.reasons();
      lines.add(
          line(
              "%10d  %-10s %,10d   %,9d   %,8d%s",
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
      lines.add("All checks passed; the verifier read " + verified + " events.");
    } else {
      lines.add(failures.size() + " CHECKS FAILED (repeat with --seed " + seed + ")");
      failures.forEach(failure -> lines.add("  " + failure));
    }
    lines.add("");
    lines.add("The log is in " + store);
    lines.add("Try next:");
    lines.add("  ./ringfold stat --ledger " + store);
    lines.add("  ./ringfold tail --stream digit-7 --last 300 " + store);
    lines.add("  ./ringfold verify " + store);
  }

  /** For scripts. */
  ObjectNode toJson() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("store", store.toString()).put("seed", seed).put("ok", ok());
    root.put("publishedBeforeKill", crash.offered).put("recovered", crash.recovered);
    root.put("crashDrops", crash.crashDrops).put("ringFullDrops", crash.ringFull);
    root.put("acknowledged", crash.acknowledged);
    root.put("acknowledgedLost", crash.acknowledgedLost);
    root.put("openMillis", crash.openMillis);
    root.put("resumedRows", resumedRows).put("duplicates", duplicates);
    root.put("rows", end.rows()).put("wrong", end.wrong());
    root.put("lost", end.ledger().lost()).put("twice", end.twice());
    root.put("dropped", end.ledger().dropped()).put("verifiedEvents", verified);
    ArrayNode ledger = root.putArray("ledger");
    for (Ledger.Account account : end.ledger().accounts()) {
      ledger
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
