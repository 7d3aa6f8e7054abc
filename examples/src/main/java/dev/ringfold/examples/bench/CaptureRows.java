// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.Lines.Measure;
import dev.ringfold.examples.bench.Rounds.Contender;
import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import dev.ringfold.examples.bench.checkpoints.WeightContent;
import java.io.IOException;
import java.util.List;

/** The row about how long a save holds the training loop. */
final class CaptureRows {
  private static final String OURS = CheckpointKind.RINGFOLD.label();
  private static final String COPY = "plain copy";

  private static final double HELD_MILLIS = 60;

  /** What a call allocates besides: futures, lists of buffers. */
  private static final double NO_COPY = 0.01;

  private static final double NANOS_PER_MILLI = 1e6;

  private CaptureRows() {}

  static List<Row<CheckpointSession>> rows() {
    return List.of(
        new Row<>(
            "capture",
            "time the caller is held until its tensors are captured, and what is copied for that",
            CaptureRows::capture));
  }

  private static List<RowResult> capture(CheckpointSession session)
      throws IOException, NotRunException {
    Lines all = new Lines(new Results());
    for (WeightContent content : WeightContent.values()) {
      int captures = session.scale().captures();
      Results results =
          session.interleave(
              "capture " + content.label(),
              List.of(
                  Contender.of(
                      CheckpointKind.RINGFOLD,
                      session.weights("capture", content).with("captures", captures)),
                  new Contender(
                      COPY,
                      CheckpointKind.RAW_ZSTD,
                      session.weights("copy", content).with("captures", captures))));
      all.addAll(lines(results, "capture." + content.label()));
    }
    return all.toList();
  }

  private static Lines lines(Results results, String row) {
    return new Lines(results)
        .atMost(row, millis("nanos"), OURS, HELD_MILLIS)
        .beside(row + ".copy", millis("nanos"), OURS, COPY)
        .printed(row + ".first", millis("firstNanos"), OURS)
        .printed(row + ".copies", new Measure("copies", figures -> figures.get("copies")), OURS)
        .atMost(row + ".frozen", millis("frozenNanos"), OURS, HELD_MILLIS)
        .atMost(
            row + ".frozen-copies",
            new Measure("copies", figures -> figures.get("frozenCopies")),
            OURS,
            NO_COPY);
  }

  private static Measure millis(String nanos) {
    return new Measure("ms", figures -> figures.get(nanos) / NANOS_PER_MILLI);
  }
}
