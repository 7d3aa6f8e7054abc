// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.training;

import java.util.Arrays;

/** Which images are trained on and which only test the result: four fifths and one fifth. */
final class Split {
  /** Images that are never trained on. */
  static final int TEST_ROWS = Digits.ROWS / 5;

  /** Images that are trained on. */
  static final int TRAINING_ROWS = Digits.ROWS - TEST_ROWS;

  private final int[] training;
  private final int[] test;

  /** The same seed gives the same split. */
  Split(long seed) {
    int[] rows = new int[Digits.ROWS];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = i;
    }
    new SeededRandom(seed).shuffle(rows);
    training = Arrays.copyOfRange(rows, 0, TRAINING_ROWS);
    test = Arrays.copyOfRange(rows, TRAINING_ROWS, Digits.ROWS);
  }

  /** A copy. */
  int[] training() {
    return training.clone();
  }

  /** A copy. */
  int[] test() {
    return test.clone();
  }
}
