// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.internal.jfr.HealthChange;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one word that says what the log accepts, shared by all its threads. Producers read {@link
 * #acceptsLossy()} on every call; FAILED and CLOSED are final, and nothing leads from CLOSING back.
 */
public final class LogState {
  /** What the log accepts. */
  public enum Condition {
    /** Everything. */
    OPEN,
    /** Disk space is low: REQUIRED events only; LOSSY ones are dropped and declared. */
    LOW,
    /** Disk space is out: only the log's own facts, into blocks that were allocated before. */
    FULL,
    /** A write or force failed: nothing any more. */
    FAILED,
    /** Its owner closes it: nothing new; what was accepted before is still written. */
    CLOSING,
    /** Closed by its owner. */
    CLOSED
  }

  private record Status(Condition condition, String reason, @Nullable Throwable cause) {}

  private volatile Status status = new Status(Condition.OPEN, "", null);
  private volatile boolean stuck;

  /** What the log accepts now. */
  public Condition condition() {
    return status.condition;
  }

  /** Whether LOSSY events are taken: one volatile read and a comparison. */
  public boolean acceptsLossy() {
    return status.condition == Condition.OPEN;
  }

  /** Why the condition is not OPEN; empty when it is. */
  public String reason() {
    return status.reason;
  }

  /** What failed, when the log is FAILED. */
  public @Nullable Throwable cause() {
    return status.cause;
  }

  /** Whether nothing will ever be accepted again. */
  public boolean isFinal() {
    Condition condition = status.condition;
    return condition == Condition.FAILED || condition == Condition.CLOSED;
  }

  /** Whether the owner closes the log, or has closed it. */
  public boolean isClosing() {
    Condition condition = status.condition;
    return condition == Condition.CLOSING || condition == Condition.CLOSED;
  }

  /** Moves between OPEN, LOW and FULL; ignored when the log is closing or has failed. */
  public synchronized void space(Condition condition, String reason) {
    if (stuck && condition != Condition.FULL) {
      return;
    }
    if (!isFinal() && !isClosing() && status.condition != condition) {
      HealthChange.emit(status.condition.name(), condition.name(), reason);
      status = new Status(condition, reason, null);
    }
  }

  /** The disk has no room for what must be written next, whatever the free space looks like. */
  public synchronized void stick(String reason) {
    stuck = true;
    space(Condition.FULL, reason);
  }

  /** There was room in the end; the next look at the free space says what is accepted. */
  public synchronized void unstick() {
    stuck = false;
  }

  /** Whether user events must wait for {@link #unstick()}. */
  public boolean isStuck() {
    return stuck;
  }

  /** Fail-stop: the first failure stays. Returns whether this call was the first. */
  public synchronized boolean fail(String reason, Throwable cause) {
    if (isFinal()) {
      return false;
    }
    HealthChange.emit(status.condition.name(), Condition.FAILED.name(), reason);
    status = new Status(Condition.FAILED, Objects.requireNonNull(reason), cause);
    return true;
  }

  /** The owner closes the log: producers are refused from now on; a failed log stays failed. */
  public void closing() {
    end(Condition.CLOSING, "closing");
  }

  /** The owner closed the log; a failed log stays failed. */
  public void closed() {
    end(Condition.CLOSED, "closed");
  }

  private synchronized void end(Condition condition, String reason) {
    if (!isFinal() && status.condition != condition) {
      HealthChange.emit(status.condition.name(), condition.name(), reason);
      status = new Status(condition, reason, null);
    }
  }
}
