// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The benchmark of the log: chooses rows, measures them, prints them. Used by one thread. */
final class LogBench {
  /** Every row, in the order of the table. */
  static final List<Row> ROWS =
      Stream.of(LatencyRows.rows(), ThroughputRows.rows(), DiskRows.rows(), LifeRows.rows())
          .flatMap(List::stream)
          .toList();

  private final Options options;
  private final PrintStream out;
  private final PrintStream progress;

  LogBench(Options options, PrintStream out, PrintStream progress) {
    this.options = options;
    this.out = out;
    this.progress = progress;
  }

  /**
   * What to do.
   *
   * @param scale how much is measured
   * @param rows names of the rows, empty for all
   * @param directory where the benchmark makes its own directory
   * @param json one line of JSON per row instead of the table
   * @param command the command as it was given, printed beside the table
   */
  record Options(Scale scale, Set<String> rows, Path directory, boolean json, String command) {
    Options {
      rows = Set.copyOf(rows);
      Set<String> unknown = new TreeSet<>(rows);
      ROWS.forEach(row -> unknown.remove(row.name()));
      if (!unknown.isEmpty()) {
        throw new IllegalArgumentException(
            "unknown row " + String.join(", ", unknown) + "; the rows are " + names());
      }
    }
  }

  /** Names of all rows. */
  static String names() {
    return String.join(", ", ROWS.stream().map(Row::name).toList());
  }

  /** Measures and prints; the lines are returned too. */
  List<RowResult> run(Clock clock) throws IOException {
    PrintStream notes = options.json() ? progress : out;
    Env.describe(options.command(), options.directory(), clock).forEach(notes::println);
    if (options.scale().quick()) {
      notes.println("quick: to see that everything works; these numbers are not a measurement");
    }
    List<RowResult> results = new ArrayList<>();
    try (Workspace workspace = new Workspace(options.directory())) {
      Rounds rounds = new Rounds(workspace, options.scale(), progress);
      Session session = new Session(options.scale(), workspace, rounds);
      for (Row row : ROWS) {
        if (options.rows().isEmpty() || options.rows().contains(row.name())) {
          List<RowResult> lines = measure(row, session);
          results.addAll(lines);
          if (options.json()) {
            lines.forEach(line -> out.println(JsonRows.format("log", line)));
          }
        }
      }
    }
    if (!options.json()) {
      out.println();
      out.print(Table.format(results));
      out.println(summary(results));
    }
    return results;
  }

  private static List<RowResult> measure(Row row, Session session) throws IOException {
    try {
      return row.measurement().measure(session);
    } catch (NotRunException e) {
      return List.of(RowResult.notRun(row.name(), "", row.what(), e.reason()));
    }
  }

  private static String summary(List<RowResult> results) {
    long promised = results.stream().filter(result -> result.met() != null).count();
    long met = results.stream().filter(result -> Boolean.TRUE.equals(result.met())).count();
    return String.format(Locale.ROOT, "%d of %d targets met", met, promised);
  }
}
