// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.checkpoints.CheckpointPeer;
import dev.ringfold.examples.bench.checkpoints.Fingerprint;
import dev.ringfold.examples.bench.checkpoints.Weights;
import dev.ringfold.examples.training.Digits;
import dev.ringfold.examples.training.Settings;
import dev.ringfold.examples.training.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.stream.DoubleStream;

/**
 * The operation {@code training}: the demo's training loop, by one thread, while a large model is
 * saved now and then. Arguments: content, tensors, floats, saves, millis of training before and
 * after each, seed. Figures: {@code duringNanos} and {@code outsideNanos}, the median step between
 * the end of the call and the end of the save, and at other times; {@code saveNanos}, the median
 * save.
 */
final class SaveCost {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final int EPOCHS = 1_000_000;
  private static final int WARM_UP_STEPS = 2_000;
  private static final int QUICK_WARM_UP_STEPS = 50;
  private static final int QUICK_MILLIS = 100;

  private final CheckpointPeer peer;
  private final Weights weights;
  private final TrainingRun run;
  private final double blockNanos;
  private final DoubleStream.Builder during = DoubleStream.builder();
  private final DoubleStream.Builder outside = DoubleStream.builder();
  private final DoubleStream.Builder saves = DoubleStream.builder();

  private SaveCost(CheckpointPeer peer, Call call) {
    this.peer = peer;
    weights = Transfers.weights(call);
    blockNanos = call.get("millis") * NANOS_PER_MILLI;
    Settings settings = Settings.of(Settings.Model.MLP, call.get("seed"), EPOCHS);
    run = new TrainingRun(Digits.load(), settings);
  }

  static Figures run(CheckpointKind kind, Path directory, Call call) throws IOException {
    try (CheckpointPeer peer = kind.open(directory)) {
      SaveCost cost = new SaveCost(peer, call);
      return cost.measure(call, call.getInt("saves"));
    }
  }

  private Figures measure(Call call, int count) throws IOException {
    int warmUp = call.get("millis") < QUICK_MILLIS ? QUICK_WARM_UP_STEPS : WARM_UP_STEPS;
    for (int i = 0; i < warmUp; i++) {
      step();
    }
    weights.fill(Transfers.content(call), call.get("seed"));
    peer.save(0, weights).join();
    for (int epoch = 1; epoch <= count; epoch++) {
      weights.fill(Transfers.content(call), call.get("seed") + epoch);
      trainOutside();
      save(epoch);
      trainOutside();
    }
    Fingerprint expected = Fingerprint.of(weights.tensors());
    peer.reopen();
    expected.verify(peer.load(count));
    return new Figures()
        .put("duringNanos", median(during))
        .put("outsideNanos", median(outside))
        .put("saveNanos", median(saves));
  }

  private void trainOutside() {
    long start = System.nanoTime();
    while (System.nanoTime() - start < blockNanos) {
      outside.add(step());
    }
  }

  private void save(int epoch) {
    long start = System.nanoTime();
    CompletableFuture<Long> saving = peer.save(epoch, weights);
    do {
      during.add(step());
    } while (!saving.isDone());
    saves.add((double) (System.nanoTime() - start));
    saving.join();
  }

  private double step() {
    long start = System.nanoTime();
    run.step();
    return System.nanoTime() - start;
  }

  private static double median(DoubleStream.Builder nanos) {
    return Samples.of(nanos.build().toArray()).median();
  }
}
