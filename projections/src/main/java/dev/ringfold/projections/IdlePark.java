// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import java.util.concurrent.locks.LockSupport;

/**
 * How long a worker waits at the journal's end: about as long as it took for the last events to
 * come, so that it wakes up once or twice for each. Whoever waits for it wakes it.
 */
final class IdlePark {
  private static final long NANOS_MIN = 2_000_000L;
  private static final long NANOS_MAX = 50_000_000L;

  private long nanos = NANOS_MIN;

  /** There was something. */
  void found() {
    nanos = Math.max(NANOS_MIN, nanos / 2);
  }

  /** There was nothing: waits. */
  void park(Object blocker) {
    LockSupport.parkNanos(blocker, nanos);
    nanos = Math.min(NANOS_MAX, nanos * 2);
  }
}
