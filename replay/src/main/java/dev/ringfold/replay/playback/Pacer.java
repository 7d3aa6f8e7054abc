// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

import dev.ringfold.EventView;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Holds back each event until its turn, as the recorded log times tell. A pause that was longer
 * than the longest one is cut to it. One thread.
 */
final class Pacer {
  /** So often it looks whether somebody wants to stop. */
  private static final long STEP_NANOS = 50_000_000L;

  /** Where time comes from; tests have their own. */
  interface Time {
    /** As {@link System#nanoTime}. */
    long nanos();

    /** Waits about so long. */
    void pause(long nanos);
  }

  private final double factor;
  private final long mostNanos;
  private final Time time;
  private final BooleanSupplier stopping;
  private long recordedNanos;
  private long dueNanos;
  private boolean begun;

  /**
   * @param factor 2 is twice as fast as recorded; infinite for no waiting
   * @param most longest pause between two events
   */
  Pacer(double factor, Duration most, Time time, BooleanSupplier stopping) {
    this.factor = factor;
    this.mostNanos = most.toNanos();
    this.time = time;
    this.stopping = stopping;
  }

  /** Whether it holds back anything at all. */
  boolean isPacing() {
    return factor != Double.POSITIVE_INFINITY;
  }

  /** How long the event would be held back now. */
  long leftNanos(EventView event) {
    if (!isPacing() || !begun) {
      return 0;
    }
    return dueNanos + gap(event.logTimeNanos()) - time.nanos();
  }

  private long gap(long logTimeNanos) {
    return (long) Math.min(mostNanos, Math.max(0, logTimeNanos - recordedNanos) / factor);
  }

  /** Waits for the event's turn; false when it was stopped meanwhile. */
  boolean await(EventView event) {
    if (!isPacing()) {
      return true;
    }
    if (!begun) {
      begun = true;
      recordedNanos = event.logTimeNanos();
      dueNanos = time.nanos();
      return true;
    }
    dueNanos += gap(event.logTimeNanos());
    recordedNanos = event.logTimeNanos();
    for (long left = dueNanos - time.nanos(); left > 0; left = dueNanos - time.nanos()) {
      if (stopping.getAsBoolean()) {
        return false;
      }
      time.pause(Math.min(left, STEP_NANOS));
    }
    return true;
  }
}
