// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.checkpoints;

import dev.ringfold.examples.training.Digits;
import dev.ringfold.examples.training.Settings;
import dev.ringfold.examples.training.TrainingRun;

/**
 * The weights of the demo's classifier after each of many steps, one after the other. The same
 * weights again and again would compress to nothing; these repeat after {@link #length} elements,
 * farther than any compressor here looks back. Immutable.
 */
final class TrainedWeights {
  private static final long SEED = 20_240_229;
  private static final int EPOCHS = 1_000_000;

  /** After so many steps the first weights are not what they were made as. */
  private static final int STEPS_BEFORE = 200;

  private static final int STEPS = 600;

  private final float[] values;

  private TrainedWeights(float[] values) {
    this.values = values;
  }

  /** Trained when it is asked for first. */
  private static final class Once {
    static final TrainedWeights TRAINED = train();
  }

  static TrainedWeights instance() {
    return Once.TRAINED;
  }

  private static TrainedWeights train() {
    TrainingRun run = new TrainingRun(Digits.load(), Settings.of(Settings.Model.MLP, SEED, EPOCHS));
    for (int step = 0; step < STEPS_BEFORE; step++) {
      run.step();
    }
    int count = run.parameters().length;
    float[] values = new float[STEPS * count];
    for (int at = 0; at < values.length; at += count) {
      run.step();
      double[] weights = run.parameters();
      for (int i = 0; i < count; i++) {
        values[at + i] = (float) weights[i];
      }
    }
    return new TrainedWeights(values);
  }

  /** How many there are. */
  int length() {
    return values.length;
  }

  /** Fills the array from a place that the seed decides. */
  void copy(float[] target, long seed) {
    int from = (int) Long.remainderUnsigned(seed, values.length);
    int at = 0;
    while (at < target.length) {
      int count = Math.min(target.length - at, values.length - from);
      System.arraycopy(values, from, target, at, count);
      at += count;
      from = 0;
    }
  }
}
