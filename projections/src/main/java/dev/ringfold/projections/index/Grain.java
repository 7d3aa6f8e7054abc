// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.index;

/**
 * How finely an index is made.
 *
 * @param rangeShift a file is about {@code 1 << rangeShift} sequences
 * @param blockShift what is not listed one by one is known by blocks of {@code 1 << blockShift}
 */
record Grain(int rangeShift, int blockShift) {
  /** Files of 262,144 sequences, about 26 MB of journal; blocks of 256, about one frame. */
  static final Grain DEFAULT = new Grain(18, 8);

  private static final int MAX_RANGE_SHIFT = 22;

  Grain {
    if (blockShift < 0 || rangeShift < blockShift || rangeShift > MAX_RANGE_SHIFT) {
      throw new IllegalArgumentException(
          "a range of 2^" + rangeShift + " cannot have blocks of 2^" + blockShift);
    }
  }

  /** Sequences of a file. */
  int range() {
    return 1 << rangeShift;
  }

  /** Blocks of a file. */
  int blocks() {
    return 1 << (rangeShift - blockShift);
  }

  /** Up to so many events are listed one by one. */
  int listed() {
    return 1 << blockShift;
  }

  /** First sequence of the file that a sequence belongs to. */
  long first(long sequence) {
    return sequence >>> rangeShift << rangeShift;
  }
}
