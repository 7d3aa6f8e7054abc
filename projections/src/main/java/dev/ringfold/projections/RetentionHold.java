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
  private final String name;
  private final String reason;
  private final String projection;
  private final boolean needsUncommitted;
  private long held = -1;
  private long wanted = -1;
  private long movedNanos = System.nanoTime() - MOVE_INTERVAL_NANOS;

  RetentionHold(EventLog log, Projection projection) {
    this(
        log,
        projection.name(),
        nameOf(projection.name()),
        "projection " + projection.name() + " has not committed it",
        projection.needsUncommitted());
  }

  private RetentionHold(
      EventLog log, String projection, String name, String reason, boolean needsUncommitted) {
    this.log = log;
    this.projection = projection;
    this.name = name;
    this.reason = reason;
    this.needsUncommitted = needsUncommitted;
  }

  /** What a rebuild beside the projection needs. */
  static RetentionHold ofRebuild(EventLog log, String projection) {
    return new RetentionHold(
        log, projection, "rebuild-" + projection, "a rebuild of " + projection + " needs it", true);
  }

  /** Name of the hold in the store. */
  static String nameOf(String projection) {
    return "projection-" + projection;
  }

  /** The projection needs this sequence and all later ones. */
  RetentionHold need(long sequence) {
    wanted = sequence;
    return this;
  }

  /** The projection has applied an event: one that bears a gap does not need it again. */
  RetentionHold applied(long sequence) {
    if (!needsUncommitted) {
      wanted = Math.max(wanted, sequence + 1);
    }
    return this;
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
      log.holds().put(name, Math.max(wanted, log.floorSequence()), reason);
      held = wanted;
    } catch (RingfoldException | IllegalStateException e) {
      LOG.warn("Projection {}: cannot move its hold to sequence {}", projection, wanted, e);
    }
  }

  /** Nothing is needed any more. */
  void end() {
    try {
      log.holds().remove(name);
    } catch (RingfoldException | IllegalStateException e) {
      LOG.warn("Projection {}: cannot remove the hold {}", projection, name, e);
    }
  }
}
