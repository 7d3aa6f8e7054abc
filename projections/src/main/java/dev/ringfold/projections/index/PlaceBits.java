// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.index;

/** Runs of bits in an array of longs. Stateless. */
final class PlaceBits {
  private PlaceBits() {}

  /** As many longs as hold so many bits. */
  static long[] of(int count) {
    return new long[(count + Long.SIZE - 1) / Long.SIZE];
  }

  /** Sets a run; nothing when the last is below the first. */
  static void set(long[] bits, int first, int last) {
    for (int at = first; at <= last; ) {
      int end = Math.min(last, at | (Long.SIZE - 1));
      bits[at >>> 6] |= mask(at, end);
      at = end + 1;
    }
  }

  /** Clears a run. */
  static void clear(long[] bits, int first, int last) {
    for (int at = first; at <= last; ) {
      int end = Math.min(last, at | (Long.SIZE - 1));
      bits[at >>> 6] &= ~mask(at, end);
      at = end + 1;
    }
  }

  private static long mask(int first, int last) {
    return (-1L << (first & 63)) & (-1L >>> (63 - (last & 63)));
  }

  /** Keeps what both have. */
  static void and(long[] bits, long[] other) {
    for (int i = 0; i < bits.length; i++) {
      bits[i] &= other[i];
    }
  }

  /** The first place at or behind this one whose bit is as asked; the end when there is none. */
  static int next(long[] bits, int from, int end, boolean set) {
    int at = from;
    while (at < end) {
      long word = set ? bits[at >>> 6] : ~bits[at >>> 6];
      word &= -1L << (at & 63);
      if (word != 0) {
        return Math.min(end, (at & ~63) + Long.numberOfTrailingZeros(word));
      }
      at = (at | 63) + 1;
    }
    return end;
  }
}
