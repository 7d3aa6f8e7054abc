// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import java.util.Arrays;

/** Small numbers of the journal to ids in a batch. Belongs to one thread. */
final class NumberMap {
  private static final int FIRST_CAPACITY = 256;

  private int[] ids = new int[FIRST_CAPACITY];
  private int highest = -1;

  /** The id, or -1 when it is not known. */
  int get(int number) {
    return number >= 0 && number <= highest ? ids[number] - 1 : -1;
  }

  /** Remembers the id and returns it. */
  int put(int number, int id) {
    if (number >= ids.length) {
      ids = Arrays.copyOf(ids, Math.max(number + 1, ids.length * 2));
    }
    ids[number] = id + 1;
    highest = Math.max(highest, number);
    return id;
  }

  void clear() {
    Arrays.fill(ids, 0, highest + 1, 0);
    highest = -1;
  }
}
