// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;

/** The benchmark of checkpoints and state files: its rows. Used by one thread. */
final class CheckpointBench {
  /** Every row, in the order of the table. */
  static final List<Row<CheckpointSession>> ROWS =
      Stream.of(CaptureRows.rows(), TransferRows.rows(), StateRows.rows(), SaveCostRows.rows())
          .flatMap(List::stream)
          .toList();

  private final CheckpointScale scale;
  private final TableRun<CheckpointSession> run;

  /**
   * A run of it.
   *
   * @throws UnknownRowException when the options name a row that is not there
   */
  CheckpointBench(
      TableRun.Options<CheckpointScale> options, PrintStream out, PrintStream progress) {
    scale = options.scale();
    run = new TableRun<>("checkpoint", ROWS, options, out, progress);
  }

  /** Measures and prints; the lines are returned too. */
  List<RowResult> run(Clock clock) throws IOException {
    return run.run((workspace, rounds) -> new CheckpointSession(scale, workspace, rounds), clock);
  }
}
