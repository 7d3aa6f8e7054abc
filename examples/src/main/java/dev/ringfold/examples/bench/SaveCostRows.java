// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.Lines.Measure;
import dev.ringfold.examples.bench.Rounds.Contender;
import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import dev.ringfold.examples.bench.checkpoints.WeightContent;
import java.io.IOException;
import java.util.List;

/** The row about what a save in the background costs a training loop. */
final class SaveCostRows {
  private static final String OURS = CheckpointKind.RINGFOLD.label();
  private static final String RAW = CheckpointKind.RAW_ZSTD.label();
  private static final double OF_OUTSIDE = 1.5;
  private static final double NANOS_PER_SECOND = 1e9;

  private SaveCostRows() {}

  static List<Row<CheckpointSession>> rows() {
    return List.of(
        new Row<>(
            "training",
            "the demo's training loop, one thread: median step during a save and outside",
            SaveCostRows::training));
  }

  private static List<RowResult> training(CheckpointSession session)
      throws IOException, NotRunException {
    Call call =
        session
            .weights("training", WeightContent.WEIGHTS)
            .with("saves", session.scale().trainingSaves())
            .with("millis", session.scale().trainingMillis());
    Results results =
        session.interleave(
            "training",
            List.of(
                Contender.of(CheckpointKind.RINGFOLD, call),
                Contender.of(CheckpointKind.RAW_ZSTD, call)));
    Measure slower =
        new Measure(
            "x outside", figures -> figures.get("duringNanos") / figures.get("outsideNanos"));
    Measure save = new Measure("s", figures -> figures.get("saveNanos") / NANOS_PER_SECOND);
    Measure step = new Measure("ns", figures -> figures.get("outsideNanos"));
    return new Lines(results)
        .atMost("training.step", slower, OURS, OF_OUTSIDE)
        .beside("training.step.raw", slower, OURS, RAW)
        .beside("training.save", save, OURS, RAW)
        .printed("training.outside", step, OURS)
        .toList();
  }
}
