// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

/**
 * Which labels checkpoints may have: 1 to {@value #MAX_LENGTH} printable characters without blanks
 * at the ends, neither a number nor {@code latest}, so that a command line can tell a label from an
 * epoch.
 */
public final class CheckpointLabels {
  /** Most characters of a label. */
  public static final int MAX_LENGTH = 200;

  /** What always means the newest checkpoint. */
  public static final String LATEST = "latest";

  private CheckpointLabels() {}

  /**
   * Checks a label.
   *
   * @return the label
   * @throws IllegalArgumentException when it cannot be one
   */
  public static String check(String label) {
    boolean number = label.chars().allMatch(c -> c >= '0' && c <= '9' || c == '-');
    if (label.isEmpty()
        || label.length() > MAX_LENGTH
        || !label.equals(label.strip())
        || label.chars().anyMatch(Character::isISOControl)
        || number
        || label.equals(LATEST)) {
      throw new IllegalArgumentException(
          "A label has 1 to "
              + MAX_LENGTH
              + " printable characters, no blanks at its ends, and is neither a number nor '"
              + LATEST
              + "', but was '"
              + label.substring(0, Math.min(label.length(), MAX_LENGTH))
              + "'");
    }
    return label;
  }
}
