// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.util.List;

/** The benchmark of replay, rebuild, time travel, forks and backups. Used by one thread. */
final class ReplayBench {
  /** Every row, in the order of the table. */
  static final List<Row<ReplaySession>> ROWS = ReplayRows.rows();

  private final ReplayScale scale;
  private final TableRun<ReplaySession> run;

  /**
   * A run of it.
   *
   * @throws UnknownRowException when the options name a row that is not there
   */
  ReplayBench(TableRun.Options<ReplayScale> options, PrintStream out, PrintStream progress) {
    scale = options.scale();
    run = new TableRun<>("replay", ROWS, options, out, progress);
  }

  /** Measures and prints; the lines are returned too. */
  List<RowResult> run(Clock clock) throws IOException {
    return run.run((workspace, rounds) -> new ReplaySession(scale, workspace, rounds), clock);
  }
}
