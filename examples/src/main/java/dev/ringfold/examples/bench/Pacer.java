// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.util.concurrent.locks.LockSupport;

/**
 * Says when the next row of an open loop is due, from its first call on. Waits by parking, so that
 * the core is free meanwhile; what is late is caught up with. Used by one thread.
 */
final class Pacer {
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final long SHORTEST_PARK_NANOS = 50_000;

  private final long perSecond;
  private final long start = System.nanoTime();

  Pacer(long perSecond) {
    this.perSecond = perSecond;
  }

  /** The time at which row {@code number} is due, as {@link System#nanoTime} counts. */
  long dueNanos(long number) {
    return start + number * SECOND_NANOS / perSecond;
  }

  /** Waits until row {@code number} is due. */
  void await(long number) {
    long due = dueNanos(number);
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(Math.max(left, SHORTEST_PARK_NANOS));
    }
  }
}
