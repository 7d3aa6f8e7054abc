// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import java.util.function.LongSupplier;

/**
 * Log time: the wall clock read once at open, advanced by the monotonic clock, and never below the
 * last frame's time. A wall clock that jumps after the open changes nothing; one that was set back
 * before the open only makes log time stand still until it has caught up.
 */
public final class LogClock {
  private final LongSupplier nanoTime;
  private final long anchorEpochNanos;
  private final long anchorNanoTime;
  private final long floorNanos;

  /**
   * @param wallEpochNanos the wall clock now, nanoseconds since 1970
   * @param floorNanos the newest log time in the store
   * @param nanoTime the monotonic clock
   */
  public LogClock(long wallEpochNanos, long floorNanos, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.anchorNanoTime = nanoTime.getAsLong();
    this.anchorEpochNanos = wallEpochNanos;
    this.floorNanos = floorNanos;
  }

  /** Log time now: nanoseconds since 1970, never decreasing. */
  public long nanos() {
    return Math.max(floorNanos, anchorEpochNanos + (nanoTime.getAsLong() - anchorNanoTime));
  }
}
