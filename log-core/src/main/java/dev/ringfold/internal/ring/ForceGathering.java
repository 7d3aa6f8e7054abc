// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

/**
 * When the journal thread forces for the appends that wait for the disk: at once, or a little later
 * together with those that are about to come.
 *
 * <p>Callers that were released by one force come back together with their next appends. Forced at
 * once, the first of them would take the disk, and the others would wait for that force and for
 * their own: the callers fall apart into groups that take turns. So after a force that released
 * several, the next one waits until as many wait as were outstanding then, but not longer than half
 * a force takes; a caller alone never waits. When fewer come, one wait is in vain: the force behind
 * it releases the new number.
 *
 * <p>Used by the journal thread.
 */
final class ForceGathering {
  /** Upper bound of the wait: on a slow disk half a force would be felt by a caller. */
  static final long WAIT_NANOS_MAX = 100_000L;

  private static final long NOTHING = -1;

  private long wantedSequence = NOTHING;
  private long sinceNanos;

  /** Somebody waits for this sequence; sequences ascend. */
  void want(long sequence, long nowNanos) {
    if (wantedSequence == NOTHING) {
      sinceNanos = nowNanos;
    }
    wantedSequence = Math.max(wantedSequence, sequence);
  }

  /** Whether a force is still to be asked for. */
  boolean isWanted() {
    return wantedSequence != NOTHING;
  }

  /** The newest sequence that somebody waits for; the force is asked for now. */
  long take() {
    long sequence = wantedSequence;
    wantedSequence = NOTHING;
    return sequence;
  }

  /** A force has happened: forget what it answered. */
  void durable(long sequence) {
    if (wantedSequence <= sequence) {
      wantedSequence = NOTHING;
    }
  }

  /**
   * Whether to force now.
   *
   * @param waiting appends that wait for a force
   * @param expected appends that will soon wait
   * @param forceNanos how long a force takes, smoothed
   */
  boolean isDue(int waiting, int expected, long forceNanos, long nowNanos) {
    return isWanted()
        && (waiting >= expected
            || nowNanos - sinceNanos >= Math.min(WAIT_NANOS_MAX, forceNanos / 2));
  }
}
