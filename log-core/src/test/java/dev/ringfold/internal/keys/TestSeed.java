// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.keys;

import java.util.SplittableRandom;

/** The seed of a random test: fixed, or {@code -Dringfold.seed=N}; always printed. */
final class TestSeed {
  private static final long DEFAULT = 20_260_101L;

  private TestSeed() {}

  static SplittableRandom random(String test) {
    long seed = Long.getLong("ringfold.seed", DEFAULT);
    System.out.println(test + ": repeat with -Dringfold.seed=" + seed);
    return new SplittableRandom(seed);
  }
}
