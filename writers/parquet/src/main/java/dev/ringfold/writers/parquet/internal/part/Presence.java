// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import org.jspecify.annotations.Nullable;

/**
 * Which rows of a column have a value, read from a batch's bitmap; rows behind its end have none.
 */
final class Presence {
  private static final int WORD_BITS = 64;

  private Presence() {}

  /** How many of the rows {@code [from, to)} have a value; all where there is no bitmap. */
  static int count(long @Nullable [] valid, int from, int to) {
    if (valid == null) {
      return to - from;
    }
    int count = 0;
    int row = from;
    while (row < to) {
      int end = Math.min(to, (row / WORD_BITS + 1) * WORD_BITS);
      if (row / WORD_BITS < valid.length) {
        long word = valid[row / WORD_BITS] >>> row;
        int bits = end - row;
        count += Long.bitCount(bits == WORD_BITS ? word : word & ((1L << bits) - 1));
      }
      row = end;
    }
    return count;
  }

  /** 1 when the row has a value, else 0; for branch-free packing. */
  static int bit(long[] valid, int row) {
    return (int) (valid[row / WORD_BITS] >>> row) & 1;
  }
}
