// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import java.util.Random;

/** The random source of a test: a fixed seed, printed, or the one of {@code -Dringfold.seed=N}. */
final class SeededRandom {
  private static final long DEFAULT_SEED = 20_261_121L;

  private SeededRandom() {}

  static Random of(Class<?> test) {
    long seed = Long.getLong("ringfold.seed", DEFAULT_SEED);
    System.out.println(test.getSimpleName() + " repeats with -Dringfold.seed=" + seed);
    return new Random(seed);
  }
}
