// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.util.Arrays;

/**
 * The different values of one column of one row group, in the order of their first appearance.
 * Belongs to one thread; used again for each column.
 */
final class ValueDictionary {
  private static final int FIRST_SLOTS = 1_024;

  /** Index + 1 of the value in a slot, 0 when the slot is free. */
  private int[] slots = new int[FIRST_SLOTS];

  private long[] values = new long[FIRST_SLOTS / 2];
  private int size;

  void clear() {
    Arrays.fill(slots, 0);
    size = 0;
  }

  int size() {
    return size;
  }

  long value(int index) {
    return values[index];
  }

  /** Index of the value, added if it is new. */
  int add(long value) {
    int mask = slots.length - 1;
    int slot = (int) RowHasher.mix(value) & mask;
    while (true) {
      int found = slots[slot];
      if (found == 0) {
        return insert(value, slot);
      }
      if (values[found - 1] == value) {
        return found - 1;
      }
      slot = (slot + 1) & mask;
    }
  }

  private int insert(long value, int slot) {
    if (size == values.length) {
      grow();
      return add(value);
    }
    values[size] = value;
    slots[slot] = ++size;
    return size - 1;
  }

  private void grow() {
    values = Arrays.copyOf(values, values.length * 2);
    slots = new int[slots.length * 2];
    int mask = slots.length - 1;
    for (int i = 0; i < size; i++) {
      int slot = (int) RowHasher.mix(values[i]) & mask;
      while (slots[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = i + 1;
    }
  }
}
