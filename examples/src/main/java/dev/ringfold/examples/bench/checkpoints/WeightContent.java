// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.checkpoints;

import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** What is in the tensors, as it decides how they compress. Stateless. */
public enum WeightContent {
  /** Uniform between -1 and 1. */
  RANDOM(0) {
    @Override
    void fill(float[] values, long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      for (int i = 0; i < values.length; i++) {
        values[i] = uniform(random.nextInt());
      }
    }
  },
  /** The weights of the demo's classifier, see {@link TrainedWeights}. */
  WEIGHTS(1) {
    @Override
    void fill(float[] values, long seed) {
      TrainedWeights.instance().copy(values, new SplittableRandom(seed).nextLong());
    }
  },
  /** Nine of ten are zero, the others as in {@link #RANDOM}. */
  ZEROS(2) {
    @Override
    void fill(float[] values, long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextInt(ONE_OF) == 0 ? uniform(random.nextInt()) : 0;
      }
    }
  };

  private static final int ONE_OF = 10;

  /** What a float32 holds between two powers of two. */
  private static final int MANTISSA_BITS = 24;

  private static final float UNIT = 0x1.0p-23f;

  private final int code;

  WeightContent(int code) {
    this.code = code;
  }

  /** The content with this {@link #code}. */
  public static WeightContent of(int code) {
    return Stream.of(values()).filter(content -> content.code == code).findFirst().orElseThrow();
  }

  /** Its number in calls of a child JVM. */
  public int code() {
    return code;
  }

  /** Fills all of the array; the same seed gives the same values. */
  abstract void fill(float[] values, long seed);

  private static float uniform(int bits) {
    return (bits >> (Integer.SIZE - MANTISSA_BITS)) * UNIT;
  }

  /** Name in the table. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
