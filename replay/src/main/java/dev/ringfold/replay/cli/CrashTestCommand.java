// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.replay.crash.CrashReport;
import dev.ringfold.replay.crash.CrashTest;
import dev.ringfold.replay.crash.FaultKind;
import dev.ringfold.replay.crash.Places;
import dev.ringfold.replay.crash.Workload;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code crashtest}. */
@Command(
    name = "crashtest",
    description = {
      "Kills processes, cuts power and damages files of throw-away stores, and checks that nothing"
          + " acknowledged is lost and nothing wrong is read.",
      "A failure names its seed; the same seed runs the same faults again. Exit code 4 when"
          + " anything was lost or wrong."
    })
final class CrashTestCommand extends RingfoldCommand {
  private static final Pattern SEEDS = Pattern.compile("(\\d{1,18})(?:\\.\\.(\\d{1,18}))?");
  private static final long MAX_SEEDS = 1_000_000;
  private static final long TOLD_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

  @Option(
      names = "--seeds",
      paramLabel = "A..B",
      defaultValue = "1..4",
      description = "Seeds to run, each with every kind of fault. Default: ${DEFAULT-VALUE}.")
  private String seeds = "1..4";

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description = "Go on with the following seeds for this long.")
  private int minutes;

  @Option(
      names = "--fault",
      paramLabel = "KIND",
      description = "Only this kind: ${COMPLETION-CANDIDATES}. May be given more than once.")
  private List<FaultKind> kinds = new ArrayList<>();

  @Option(
      names = "--workload",
      paramLabel = "CLASS",
      description =
          "What is published until the fault: a class on the class path that implements"
              + " dev.ringfold.replay.crash.Workload. Damaged files take none.")
  private @Nullable String workload;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = "target/crash",
      description = "Where stores that failed are kept. Default: ${DEFAULT-VALUE}.")
  private Path directory = Path.of("target/crash");

  @Option(names = "--report", paramLabel = "FILE", description = "Write the table as HTML too.")
  private @Nullable Path report;

  @Override
  int run(Output output) throws Exception {
    Matcher range = SEEDS.matcher(seeds);
    if (!range.matches()) {
      throw wrong("--seeds must be a number or a range like 1..10 but was '" + seeds + "'");
    }
    long first = Long.parseLong(range.group(1));
    long last = range.group(2) == null ? first : Long.parseLong(range.group(2));
    if (last < first || last - first >= MAX_SEEDS) {
      throw wrong("--seeds must name 1 to " + MAX_SEEDS + " seeds but was '" + seeds + "'");
    }
    requireWorkload();
    Map<FaultKind, CrashTest.Row> rows = runAll(output, first, last);
    CrashReport table = new CrashReport(List.copyOf(rows.values()));
    if (output.json()) {
      table.rows().forEach(row -> output.json(json(row)));
    } else {
      output.line(table.toText().stripTrailing());
    }
    if (report != null) {
      Files.writeString(report, table.toHtml(), StandardCharsets.UTF_8);
    }
    return table.isGood() ? ExitCodes.OK : ExitCodes.DAMAGED;
  }

  private void requireWorkload() {
    if (workload == null) {
      return;
    }
    try {
      Class<?> type = Class.forName(workload, false, CrashTestCommand.class.getClassLoader());
      if (!Workload.class.isAssignableFrom(type)) {
        throw wrong("--workload: " + workload + " does not implement " + Workload.class.getName());
      }
    } catch (ClassNotFoundException e) {
      throw wrong("--workload: there is no class '" + workload + "' on the class path");
    }
    if (kinds.stream().anyMatch(kind -> !kind.takesWorkload())) {
      throw wrong("--workload: damaged files take none; name --fault kill, point or power");
    }
  }

  /** All kinds, or with a workload all that take one. */
  private List<FaultKind> wanted() {
    return kinds.isEmpty()
        ? Stream.of(FaultKind.values()).filter(k -> workload == null || k.takesWorkload()).toList()
        : kinds;
  }

  private Map<FaultKind, CrashTest.Row> runAll(Output output, long first, long last) {
    List<FaultKind> wanted = wanted();
    Map<FaultKind, CrashTest.Row> rows = new EnumMap<>(FaultKind.class);
    wanted.forEach(kind -> rows.put(kind, CrashTest.Row.of(kind)));
    CrashTest harness =
        new CrashTest(Places.fast(directory), workload, text -> failure(output, text));
    long toldNanos = System.nanoTime();
    long deadline = toldNanos + TimeUnit.MINUTES.toNanos(minutes);
    for (long seed = first; seed <= last || System.nanoTime() < deadline; seed++) {
      for (FaultKind kind : wanted) {
        rows.merge(kind, harness.run(kind, seed, 1), CrashTest.Row::plus);
      }
      if (System.nanoTime() - toldNanos >= TOLD_EVERY_NANOS) {
        toldNanos = System.nanoTime();
        tell(seed, rows);
      }
    }
    return rows;
  }

  /** One line a minute on standard error, for who waits. */
  private void tell(long seed, Map<FaultKind, CrashTest.Row> rows) {
    long runs = rows.values().stream().mapToLong(CrashTest.Row::runs).sum();
    long lost = rows.values().stream().mapToLong(CrashTest.Row::lost).sum();
    long found = rows.values().stream().mapToLong(CrashTest.Row::found).sum();
    note(
        String.format(
            Locale.ROOT,
            "after seed %d of %s: %d runs, %d lost, %d wrong",
            seed,
            seeds,
            runs,
            lost,
            found));
  }

  private static void failure(Output output, String text) {
    if (output.json()) {
      ObjectNode node = Json.object();
      node.put("failure", text);
      output.json(node);
    } else {
      output.line("FAILED " + text);
    }
    output.flush();
  }

  private static ObjectNode json(CrashTest.Row row) {
    ObjectNode node = Json.object();
    node.put("fault", row.fault());
    node.put("runs", row.runs());
    node.put("acknowledged", row.acknowledged());
    node.put("lost", row.lost());
    node.put("found", row.found());
    return node;
  }
}
