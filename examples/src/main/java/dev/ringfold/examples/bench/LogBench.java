// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The benchmark of the log: its rows, and what they share. Used by one thread. */
final class LogBench {
  /** Every row, in the order of the table. */
  static final List<Row<Session>> ROWS =
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
      TableRun.checkNames(rows, ROWS);
    }
  }

  /** Measures and prints; the lines are returned too. */
  List<RowResult> run(Clock clock) throws IOException {
    Scale scale = options.scale();
    TableRun.Options run =
        new TableRun.Options(
            scale.quick(),
            scale.turns(),
            options.rows(),
            options.directory(),
            options.json(),
            options.command());
    return new TableRun<>("log", ROWS, run, out, progress)
        .run((workspace, rounds) -> new Session(scale, workspace, rounds), clock);
  }
}
