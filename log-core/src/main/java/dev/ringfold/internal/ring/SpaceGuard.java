// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.event.DropReason;
import dev.ringfold.internal.journal.JournalWriter;
import dev.ringfold.internal.journal.LogState;
import dev.ringfold.internal.journal.SegmentKeeper;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the journal thread inside allocated blocks: when the segments thread has not allocated fast
 * enough it waits for it; when the disk is full it refuses user events and leaves the reserve to
 * the log's own facts.
 */
final class SpaceGuard {
  private static final long PARK_NANOS = 50_000L;
  private static final long WAIT_NANOS_MAX = 5_000_000_000L;

  private final SegmentKeeper keeper;
  private final LogState state;
  private boolean full;
  private volatile long giveUpNanos;
  private volatile boolean closing;

  SpaceGuard(SegmentKeeper keeper, LogState state) {
    this.keeper = keeper;
    this.state = state;
  }

  /** The log is closing: from this {@link System#nanoTime()} on nothing is waited for. */
  void giveUpAt(long nanos) {
    giveUpNanos = nanos;
    closing = true;
  }

  private boolean isLate() {
    return closing && System.nanoTime() - giveUpNanos >= 0;
  }

  /** Why a record may not be written, or null. */
  @Nullable DropReason refuse(JournalWriter writer, int frameBytes) {
    if (state.isStuck()) {
      return DropReason.DISK_FULL;
    }
    if (writer.hasRoomForUser(frameBytes)) {
      full = false;
      return null;
    }
    if (full && keeper.outOfSpace()) {
      return DropReason.DISK_FULL;
    }
    return await(writer, frameBytes) ? null : DropReason.DISK_FULL;
  }

  private boolean await(JournalWriter writer, int frameBytes) {
    long deadline = System.nanoTime() + WAIT_NANOS_MAX;
    long round = keeper.allocationRounds();
    while (System.nanoTime() < deadline && !state.isFinal() && !isLate()) {
      keeper.wake();
      LockSupport.parkNanos(this, PARK_NANOS);
      if (writer.hasRoomForUser(frameBytes)) {
        return true;
      }
      if (keeper.outOfSpace() && keeper.allocationRounds() > round + 1) {
        break;
      }
    }
    full = true;
    state.space(LogState.Condition.FULL, message());
    return false;
  }

  String message() {
    return keeper.spaceMessage();
  }
}
