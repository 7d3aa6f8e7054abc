// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.training;

/**
 * SplitMix64: the numbers of {@link java.util.SplittableRandom}, with a state that can be saved.
 * Used by one thread.
 */
final class SeededRandom {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
  private static final double TO_UNIT = 0x1.0p-53;
  private static final int UNUSED_BITS = 11;

  private long state;

  /**
   * @param state a seed, or what {@link #state} gave
   */
  SeededRandom(long state) {
    this.state = state;
  }

  long state() {
    return state;
  }

  long nextLong() {
    state += GOLDEN_GAMMA;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** From 0 up to but without 1. */
  double nextDouble() {
    return (nextLong() >>> UNUSED_BITS) * TO_UNIT;
  }

  /** From 0 up to but without the bound; the bias is far below what a shuffle could show. */
  int nextInt(int bound) {
    return (int) Long.remainderUnsigned(nextLong(), bound);
  }

  /** Puts an array into a random order. */
  void shuffle(int[] values) {
    for (int i = values.length - 1; i > 0; i--) {
      int other = nextInt(i + 1);
      int value = values[i];
      values[i] = values[other];
      values[other] = value;
    }
  }
}
