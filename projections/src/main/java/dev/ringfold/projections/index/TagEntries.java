// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.index;

import java.util.Arrays;

/**
 * The tags of one range: every different one gets a number in the order of appearance, and every
 * appearance is noted with its place. Allocates only when it grows. One thread.
 */
final class TagEntries {
  /** Appearances of one range; when there are more, the range does not know its tags. */
  static final int MAX_APPEARANCES = 1 << 20;

  private static final int FIRST_CAPACITY = 1 << 10;
  private static final int FREE = 0;

  /** Open addressing: number of the tag + 1. */
  private int[] slots = new int[FIRST_CAPACITY * 2];

  private long[] high = new long[FIRST_CAPACITY];
  private long[] low = new long[FIRST_CAPACITY];
  private int count;

  private int[] tagOf = new int[FIRST_CAPACITY];
  private int[] placeOf = new int[FIRST_CAPACITY];
  private int appearances;
  private boolean overflown;

  /** Notes that the event at this place has this tag. */
  void add(long hi, long lo, int place) {
    if (appearances == MAX_APPEARANCES) {
      overflown = true;
      return;
    }
    if (appearances == tagOf.length) {
      tagOf = Arrays.copyOf(tagOf, appearances * 2);
      placeOf = Arrays.copyOf(placeOf, appearances * 2);
    }
    tagOf[appearances] = number(hi, lo);
    placeOf[appearances++] = place;
  }

  private int number(long hi, long lo) {
    int mask = slots.length - 1;
    int slot = (int) hi & mask;
    while (slots[slot] != FREE) {
      int known = slots[slot] - 1;
      if (high[known] == hi && low[known] == lo) {
        return known;
      }
      slot = (slot + 1) & mask;
    }
    if (count == high.length) {
      high = Arrays.copyOf(high, count * 2);
      low = Arrays.copyOf(low, count * 2);
    }
    high[count] = hi;
    low[count] = lo;
    slots[slot] = ++count;
    if (count * 2 > slots.length) {
      grow();
    }
    return count - 1;
  }

  private void grow() {
    int[] larger = new int[slots.length * 2];
    int mask = larger.length - 1;
    for (int tag = 0; tag < count; tag++) {
      int slot = (int) high[tag] & mask;
      while (larger[slot] != FREE) {
        slot = (slot + 1) & mask;
      }
      larger[slot] = tag + 1;
    }
    slots = larger;
  }

  /** Whether there were too many to know them all. */
  boolean isOverflown() {
    return overflown;
  }

  /** Different tags. */
  int count() {
    return count;
  }

  long high(int tag) {
    return high[tag];
  }

  long low(int tag) {
    return low[tag];
  }

  /** Places by the number of the tag. */
  Grouping group() {
    return Grouping.of(tagOf, placeOf, appearances, count);
  }

  void clear() {
    Arrays.fill(slots, FREE);
    count = 0;
    appearances = 0;
    overflown = false;
  }
}
