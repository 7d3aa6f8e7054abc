// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;

/** The benchmark of metrics and their tables: its rows. Used by one thread. */
final class MetricsBench {
  /** Every row, in the order of the table. */
  static final List<Row<MetricSession>> ROWS =
      Stream.of(FileRows.rows(), StreamRows.rows(), TrainingCostRows.rows())
          .flatMap(List::stream)
          .toList();

  private final MetricScale scale;
  private final TableRun<MetricSession> run;

  /**
   * A run of it.
   *
   * @throws UnknownRowException when the options name a row that is not there
   */
  MetricsBench(TableRun.Options<MetricScale> options, PrintStream out, PrintStream progress) {
    scale = options.scale();
    run = new TableRun<>("metrics", ROWS, options, out, progress);
  }

  /** Measures and prints; the lines are returned too. */
  List<RowResult> run(Clock clock) throws IOException {
    return run.run((workspace, rounds) -> new MetricSession(scale, workspace, rounds), clock);
  }
}
