// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.util.concurrent.locks.LockSupport;

/**
 * Says when the next row of an open loop is due, from when it was made. Waits by parking, so that
 * the core is free meanwhile. What is late is caught up with as fast as the loop can, up to a
 * limit; beyond it the schedule moves on, since no training loop makes up for lost time by a burst.
 * One thread waits; without a limit others may ask when a row was due.
 */
final class Pacer {
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final long SHORTEST_PARK_NANOS = 50_000;

  private final long perSecond;
  private final long mostLateNanos;
  private long start = System.nanoTime();

  /** Catches up with everything. */
  Pacer(long perSecond) {
    this(perSecond, Long.MAX_VALUE);
  }

  /** Catches up with at most {@code mostLateNanos}. */
  Pacer(long perSecond, long mostLateNanos) {
    this.perSecond = perSecond;
    this.mostLateNanos = mostLateNanos;
  }

  /** The time at which row {@code number} is due, as {@link System#nanoTime} counts. */
  long dueNanos(long number) {
    return start + number * SECOND_NANOS / perSecond;
  }

  /** Waits until row {@code number} is due. */
  void await(long number) {
    long due = dueNanos(number);
    long left = due - System.nanoTime();
    if (-left > mostLateNanos) {
      start += -left - mostLateNanos;
    }
    for (; left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(Math.max(left, SHORTEST_PARK_NANOS));
    }
  }
}
