// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

/** Levenshtein distance, to name the nearest known word when a user mistypes one. */
public final class EditDistance {
  private static final int MAX_LENGTH = 256;

  private EditDistance() {}

  /** Insertions, deletions and replacements between two words (their first 256 characters). */
  public static int between(String left, String right) {
    int columns = Math.min(right.length(), MAX_LENGTH);
    int rows = Math.min(left.length(), MAX_LENGTH);
    int[] previous = new int[columns + 1];
    int[] current = new int[columns + 1];
    for (int j = 0; j <= columns; j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= rows; i++) {
      current[0] = i;
      for (int j = 1; j <= columns; j++) {
        int change = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
        current[j] = Math.min(Math.min(current[j - 1], previous[j]) + 1, previous[j - 1] + change);
      }
      int[] swap = previous;
      previous = current;
      current = swap;
    }
    return previous[columns];
  }
}
