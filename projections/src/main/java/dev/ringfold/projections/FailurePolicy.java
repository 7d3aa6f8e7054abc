// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import java.time.Duration;

/**
 * What becomes of an event that a projection cannot take. The same number of retries holds for
 * failures of the world around it (disk full, an output that cannot be written): those begin the
 * projection again at its newest commit, and never put an event aside.
 */
public sealed interface FailurePolicy {
  /** Three more tries with 100 ms before the first of them, then a dead letter. */
  static FailurePolicy standard() {
    return new RetryThenDeadLetter(3, Duration.ofMillis(100));
  }

  /** Most retries. */
  int MAX_RETRIES = 1_000;

  /** Longest wait between two tries. */
  Duration MAX_BACKOFF = Duration.ofMinutes(1);

  /** A minute of nanoseconds shifted so far is still a long. */
  int MAX_DOUBLINGS = 24;

  /** How often an event is tried again. */
  int retries();

  /** The wait before the first retry; it doubles with each, up to {@link #MAX_BACKOFF}. */
  Duration backoff();

  /** The projection stops at the event until somebody resumes it or skips the event. */
  record RetryThenStop(int retries, Duration backoff) implements FailurePolicy {
    /** Checks the numbers. */
    public RetryThenStop {
      check(retries, backoff);
    }
  }

  /**
   * The event becomes a dead letter, which is a fact in the journal, and the projection goes on
   * with the next one.
   */
  record RetryThenDeadLetter(int retries, Duration backoff) implements FailurePolicy {
    /** Checks the numbers. */
    public RetryThenDeadLetter {
      check(retries, backoff);
    }
  }

  /** The wait before a retry, nanoseconds; the first one is number 1. */
  default long backoffNanos(int retry) {
    int doublings = Math.min(Math.max(0, retry - 1), MAX_DOUBLINGS);
    long first = Math.min(backoff().toNanos(), MAX_BACKOFF.toNanos());
    return Math.min(MAX_BACKOFF.toNanos(), first << doublings);
  }

  private static void check(int retries, Duration backoff) {
    if (retries < 0 || retries > MAX_RETRIES) {
      throw new IllegalArgumentException(
          "retries must be 0 to " + MAX_RETRIES + " but was " + retries);
    }
    if (backoff.isNegative()) {
      throw new IllegalArgumentException("backoff must not be negative but was " + backoff);
    }
  }
}
