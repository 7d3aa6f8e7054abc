// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import java.util.concurrent.TimeUnit;

/** Failures in a row. Used by one thread. */
final class FailureCount {
  /** After so long without a failure, the next one counts as the first again. */
  private static final long FORGIVE_NANOS = TimeUnit.MINUTES.toNanos(10);

  private int count;
  private long lastNanos;

  /** One more; how many there were in a row. */
  int next() {
    long now = System.nanoTime();
    count = now - lastNanos > FORGIVE_NANOS ? 1 : count + 1;
    lastNanos = now;
    return count;
  }

  /** Something went well. */
  void forget() {
    count = 0;
  }
}
