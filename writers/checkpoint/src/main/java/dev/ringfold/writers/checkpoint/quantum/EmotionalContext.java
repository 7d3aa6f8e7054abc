// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The emotions that went with a state: rows of pleasure, arousal and dominance.
 *
 * <p>Arrays are not copied; who hands them in does not change them any more.
 *
 * @param recentEmotions N rows of 3
 * @param stability of the emotions, by the measure of who wrote it
 * @param trajectory M rows of 3
 */
public record EmotionalContext(double[][] recentEmotions, double stability, double[][] trajectory) {
  /** Numbers of one row: pleasure, arousal, dominance. */
  public static final int ROW_LENGTH = 3;

  /** No emotions, stability 0. */
  public static final EmotionalContext NONE =
      new EmotionalContext(new double[0][], 0, new double[0][]);

  /** Checks that every row has three numbers. */
  public EmotionalContext {
    checkRows(recentEmotions, "recentEmotions");
    checkRows(trajectory, "trajectory");
  }

  private static void checkRows(double[][] rows, String name) {
    Objects.requireNonNull(rows, name);
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length != ROW_LENGTH) {
        throw new IllegalArgumentException(
            name + " has " + rows[i].length + " numbers in row " + i + ", not " + ROW_LENGTH);
      }
    }
  }

  /** Compares every number by its bits. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EmotionalContext that
        && Double.compare(stability, that.stability) == 0
        && Arrays.deepEquals(recentEmotions, that.recentEmotions)
        && Arrays.deepEquals(trajectory, that.trajectory);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        Arrays.deepHashCode(recentEmotions), stability, Arrays.deepHashCode(trajectory));
  }

  /** Counts only: {@code EmotionalContext[recent=4, stability=0.5, trajectory=9]}. */
  @Override
  public String toString() {
    return "EmotionalContext[recent="
        + recentEmotions.length
        + ", stability="
        + stability
        + ", trajectory="
        + trajectory.length
        + "]";
  }
}
