// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.index;

import org.jspecify.annotations.Nullable;

/**
 * Places grouped by a small number: those of group {@code g} are {@code places[starts[g]]} up to
 * before {@code places[starts[g + 1]]}, in the order in which they came.
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and never handed out.
record Grouping(int[] starts, int[] places) {

  /**
   * Groups.
   *
   * @param groupOf group of each item; below 0 for none
   * @param placeOf place of each item; null when an item's number is its place
   * @param items how many items
   * @param groups groups are below this
   */
  static Grouping of(int[] groupOf, int @Nullable [] placeOf, int items, int groups) {
    int[] starts = new int[groups + 1];
    for (int i = 0; i < items; i++) {
      if (groupOf[i] >= 0) {
        starts[groupOf[i] + 1]++;
      }
    }
    for (int group = 0; group < groups; group++) {
      starts[group + 1] += starts[group];
    }
    int[] next = starts.clone();
    int[] places = new int[starts[groups]];
    for (int i = 0; i < items; i++) {
      if (groupOf[i] >= 0) {
        places[next[groupOf[i]]++] = placeOf == null ? i : placeOf[i];
      }
    }
    return new Grouping(starts, places);
  }

  int groups() {
    return starts.length - 1;
  }

  int size(int group) {
    return starts[group + 1] - starts[group];
  }

  /** Groups that have places. */
  int used() {
    int used = 0;
    for (int group = 0; group < groups(); group++) {
      used += size(group) > 0 ? 1 : 0;
    }
    return used;
  }
}
