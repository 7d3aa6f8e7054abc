// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import java.time.Duration;

/**
 * Which old segments the log deletes by itself, whenever a segment was sealed and once an hour. Off
 * unless it is set. Positions, holds, projections and readers are respected as by every {@link
 * Retention#apply}.
 *
 * <p>A segment is due when it is older than {@code age}, or while the journal has more than {@code
 * bytes}; with {@code checkpoints}, only segments below that many newest checkpoints are, and
 * without the other two all of these.
 *
 * @param age by log time; zero for any
 * @param bytes of the journal's frames; 0 for any
 * @param checkpoints how many of the newest checkpoints stay in the log; 0 when it has none to
 *     keep. With fewer than that nothing is due
 */
public record RetentionPolicy(Duration age, long bytes, int checkpoints) {
  /** Deletes nothing. */
  public static final RetentionPolicy OFF = new RetentionPolicy(Duration.ZERO, 0, 0);

  /** Checks the ranges. */
  public RetentionPolicy {
    if (age.isNegative() || bytes < 0 || checkpoints < 0) {
      throw new IllegalArgumentException(
          "age, bytes and checkpoints must be >= 0 but were "
              + age
              + ", "
              + bytes
              + " and "
              + checkpoints);
    }
  }

  /** The policy of a configuration. */
  public static RetentionPolicy of(LogConfig config) {
    return new RetentionPolicy(
        config.duration(LogOption.RETENTION_AGE),
        config.value(LogOption.RETENTION_BYTES),
        (int) config.value(LogOption.RETENTION_CHECKPOINTS));
  }

  /** Whether nothing is ever due. */
  public boolean isOff() {
    return equals(OFF);
  }

  /**
   * The rule that the policy comes to.
   *
   * @param oldestCheckpointKept sequence of the oldest of the checkpoints that stay; not used
   *     without them
   */
  RetentionRule rule(long oldestCheckpointKept) {
    long below = checkpoints == 0 ? Long.MAX_VALUE : oldestCheckpointKept;
    return new RetentionRule.ByPolicy(this, isOff() ? 0 : below);
  }
}
