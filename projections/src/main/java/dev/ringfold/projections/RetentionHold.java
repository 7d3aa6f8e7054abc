// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventLog;
import dev.ringfold.RingfoldException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the events a projection still needs. Used by its worker's thread. */
final class RetentionHold {
  /** A hold is a forced file: seldom enough not to be noticed. */
  static final long MOVE_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final Logger LOG = LoggerFactory.getLogger(RetentionHold.class);

  private final EventLog log;
  private final String projection;
  private long held = -1;
  private long wanted = -1;
  private long movedNanos = System.nanoTime() - MOVE_INTERVAL_NANOS;

  RetentionHold(EventLog log, String projection) {
    this.log = log;
    this.projection = projection;
  }

  /** Name of the hold in the store. */
  static String nameOf(String projection) {
    return "projection-" + projection;
  }

  /** The projection needs this sequence and all later ones. */
  void need(long sequence) {
    wanted = sequence;
  }

  /** Moves the hold if it is time to. */
  void moveIfDue(long nowNanos) {
    if (wanted != held && nowNanos - movedNanos >= MOVE_INTERVAL_NANOS) {
      move();
    }
  }

  /** Moves the hold now. A failure is only logged: the old hold keeps more than is needed. */
  void move() {
    if (wanted == held) {
      return;
    }
    movedNanos = System.nanoTime();
    try {
      log.holds()
          .put(
              nameOf(projection),
              Math.max(wanted, log.floorSequence()),
              "projection " + projection + " has not committed it");
      held = wanted;
    } catch (RingfoldException | IllegalStateException e) {
      LOG.warn("Projection {}: cannot move its hold to sequence {}", projection, wanted, e);
    }
  }
}
