// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A process that saves checkpoints until somebody kills it, and says which ones are committed. */
public final class CheckpointCrashChild {
  static final int KEPT = 2;
  static final int LAYERS = 5;
  private static final int FLOATS = 30_000;

  private CheckpointCrashChild() {}

  /** What is saved at an epoch: one layer in five changes, and one small tensor. */
  static Map<String, Tensor> state(long epoch) {
    Map<String, Tensor> state = new LinkedHashMap<>();
    for (int i = 0; i < LAYERS; i++) {
      long changed = epoch - Math.floorMod(epoch - i, LAYERS);
      state.put(
          "layer" + i + ".weight",
          Tensor.of(CheckpointFixture.floats(FLOATS, 31 * changed + i), FLOATS));
    }
    state.put("step", Tensor.of(new long[] {epoch}));
    return state;
  }

  /** With trees, since they have points to die at as well. */
  static Checkpoints open(Path store) {
    return CheckpointFixture.builder(store).keepLast(KEPT).trees(true).open();
  }

  /** Argument: the store. */
  public static void main(String[] args) {
    Checkpoints checkpoints = open(Path.of(args[0]));
    long epoch = checkpoints.latestSummary().map(CheckpointSummary::epoch).orElse(0L);
    System.out.println("running");
    while (true) {
      epoch++;
      checkpoints.save(epoch, state(epoch), Map.of(), Map.of("epoch", epoch)).await();
      System.out.println("committed " + epoch);
    }
  }
}
