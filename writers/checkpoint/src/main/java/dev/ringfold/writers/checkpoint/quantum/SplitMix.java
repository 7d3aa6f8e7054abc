// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

/**
 * SplitMix64: numbers from a seed, the same in every Java version, which the JDK does not promise
 * of all of its own generators.
 */
final class SplitMix {
  private static final long STEP = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1p-53;

  private long state;

  SplitMix(long seed) {
    state = seed;
  }

  long nextLong() {
    state += STEP;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** From 0, inclusive, to 1, exclusive. */
  double nextDouble() {
    return (nextLong() >>> 11) * UNIT;
  }

  /** Two independent normal numbers, to {@code target[at]} and the next. */
  void nextGaussians(double[] target, int at) {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
    double angle = 2 * StrictMath.PI * nextDouble();
    target[at] = radius * StrictMath.cos(angle);
    target[at + 1] = radius * StrictMath.sin(angle);
  }
}
