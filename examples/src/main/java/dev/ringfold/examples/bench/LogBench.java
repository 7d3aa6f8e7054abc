// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;

/** The benchmark of the log: its rows, and what they share. Used by one thread. */
final class LogBench {
  /** Every row, in the order of the table. */
  static final List<Row<Session>> ROWS =
      Stream.of(LatencyRows.rows(), ThroughputRows.rows(), DiskRows.rows(), LifeRows.rows())
          .flatMap(List::stream)
          .toList();

  private final Scale scale;
  private final TableRun<Session> run;

  /**
   * A run of it.
   *
   * @throws UnknownRowException when the options name a row that is not there
   */
  LogBench(TableRun.Options<Scale> options, PrintStream out, PrintStream progress) {
    scale = options.scale();
    run = new TableRun<>("log", ROWS, options, out, progress);
  }

  /** Measures and prints; the lines are returned too. */
  List<RowResult> run(Clock clock) throws IOException {
    return run.run((workspace, rounds) -> new Session(scale, workspace, rounds), clock);
  }
}
