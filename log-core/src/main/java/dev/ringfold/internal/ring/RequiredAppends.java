// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOutcome;
import dev.ringfold.DiskFullException;
import dev.ringfold.LogClosedException;
import dev.ringfold.LogFailedException;
import dev.ringfold.Receipt;
import dev.ringfold.RingTimeoutException;
import dev.ringfold.event.DropReason;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.internal.journal.LogState;
import dev.ringfold.internal.journal.SegmentKeeper;
import dev.ringfold.internal.keys.SealedKeys;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The REQUIRED way of one producer: look its key up in the sealed segments, wait for room, publish,
 * wait for the acknowledgement. Used by the producer's thread.
 */
final class RequiredAppends {
  private static final long PARK_NANOS_MIN = 20_000L;
  private static final long PARK_NANOS_MAX = 1_000_000L;
  private static final int ACK_SPINS = 3_000;

  private final EventRing ring;
  private final ProducerHandle handle;
  private final LogState state;
  private final AckThread acks;
  private final SegmentKeeper keeper;
  private final SealedKeys sealedKeys;
  private final EventEncoder encoder;
  private final long requiredTimeoutNanos;

  RequiredAppends(
      LogEngine engine, ProducerHandle handle, EventEncoder encoder, long requiredTimeoutNanos) {
    this.ring = engine.ring();
    this.handle = handle;
    this.state = engine.state();
    this.acks = engine.acks();
    this.keeper = engine.keeper();
    this.sealedKeys = engine.segmentKeys().sealed();
    this.encoder = encoder;
    this.requiredTimeoutNanos = requiredTimeoutNanos;
  }

  /** Publishes a group; its future completes at the level. */
  CompletableFuture<AppendOutcome> commit(GroupDraft draft, AckLevel level) {
    CompletableFuture<AppendOutcome> future = new CompletableFuture<>();
    try {
      if (level == AckLevel.RING) {
        send(draft, level, null);
        future.complete(ringReceipt(draft));
      } else {
        send(draft, level, pending(draft, level, future));
      }
    } catch (DiskFullException full) {
      // As when the disk fills up while the append is on its way.
      future.completeExceptionally(full);
    }
    return future;
  }

  private static AppendOutcome ringReceipt(GroupDraft draft) {
    return new AppendOutcome.Appended(new Receipt(-1, draft.events, 0, AckLevel.RING));
  }

  /** Publishes a group and waits for its acknowledgement. */
  AppendOutcome commitAndAwait(GroupDraft draft, AckLevel level, long timeoutNanos) {
    if (level == AckLevel.RING) {
      send(draft, level, null);
      return ringReceipt(draft);
    }
    long deadline = System.nanoTime() + timeoutNanos;
    long park = PARK_NANOS_MIN;
    do {
      PendingAppend pending = pending(draft, level, null);
      send(draft, level, pending);
      await(pending, timeoutNanos);
      if (!pending.recheck) {
        return outcomeOf(pending);
      }
      // The keys of a segment that is being sealed are in neither place that could be looked in.
      LockSupport.parkNanos(this, park);
      park = Math.min(PARK_NANOS_MAX, 2 * park);
    } while (System.nanoTime() < deadline && !Thread.currentThread().isInterrupted());
    throw new RingTimeoutException(
        "The window of idempotency keys moved all the time; append again, or raise key-window.");
  }

  private static AppendOutcome outcomeOf(PendingAppend pending) {
    if (pending.failure != null) {
      throw pending.failure;
    }
    return java.util.Objects.requireNonNull(pending.decided, "decided");
  }

  private void await(PendingAppend pending, long timeoutNanos) {
    long deadline = System.nanoTime() + timeoutNanos;
    for (int i = 0; i < ACK_SPINS && !pending.isDone(); i++) {
      Thread.onSpinWait();
    }
    while (!pending.isDone()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new RingTimeoutException(
            "No acknowledgement within "
                + timeoutNanos / 1_000_000
                + " ms; the event may still be stored. Ask again with the same idempotency key.");
      }
      LockSupport.parkNanos(this, left);
      if (Thread.interrupted()) {
        Thread.currentThread().interrupt();
        throw new RingTimeoutException("Interrupted while waiting for an acknowledgement.");
      }
    }
  }

  private PendingAppend pending(
      GroupDraft draft, AckLevel level, @Nullable CompletableFuture<AppendOutcome> future) {
    if (level == AckLevel.DISK && !StoreSecurity.diskAckSupported()) {
      throw new IllegalArgumentException(
          "AckLevel.DISK is only offered on Linux: elsewhere it has not been tested that a force"
              + " reaches the disk.");
    }
    encoder.seal(draft);
    PendingAppend pending =
        new PendingAppend(
            level,
            draft.expectations.toArray(new PendingAppend.Expectation[0]),
            draft.conditions.toArray(new PendingAppend.Condition[0]),
            draft.key != null,
            draft.keyHi,
            draft.keyLo,
            draft.payloadHash,
            future);
    if (draft.key != null) {
      pending.lookUp(sealedKeys.snapshot());
    }
    return pending;
  }

  private void send(GroupDraft draft, AckLevel level, @Nullable PendingAppend pending) {
    if (draft.events == 0) {
      throw new IllegalStateException("an empty unit of work cannot be committed; add events");
    }
    if (pending == null
        && (draft.key != null || !draft.expectations.isEmpty() || !draft.conditions.isEmpty())) {
      throw new IllegalArgumentException(
          "AckLevel."
              + level
              + " is acknowledged before keys and expectations are decided; use JOURNAL or DISK");
    }
    requireOpen();
    requireSpace(draft.events);
    int slots = EventRing.slotsFor(draft.length());
    long ordinal = handle.offer(draft.events);
    long last = claim(slots, draft.events, pending != null);
    ring.publishRecord(
        last, draft.bytes(), draft.length(), draft.events, ordinal, handle.id(), pending);
    ring.wakeJournal();
  }

  private long claim(int slots, int events, boolean acknowledged) {
    long deadline = System.nanoTime() + requiredTimeoutNanos;
    long park = PARK_NANOS_MIN;
    boolean entered = !acknowledged || acks.tryEnter();
    long last = entered ? ring.tryClaim(slots) : -1;
    while (last < 0) {
      DropReason refused = refusedReason(deadline);
      if (refused != null) {
        if (entered && acknowledged) {
          acks.leave();
        }
        handle.drop(events, refused);
        requireOpen();
        throw new RingTimeoutException(
            "No room in the ring of "
                + ring.capacity()
                + " slots within "
                + requiredTimeoutNanos / 1_000_000
                + " ms; nothing was stored. Is the disk slow? Raise ring-slots or"
                + " required-timeout.");
      }
      ring.wakeJournal();
      LockSupport.parkNanos(this, park);
      park = Math.min(PARK_NANOS_MAX, 2 * park);
      entered = entered || acks.tryEnter();
      last = entered ? ring.tryClaim(slots) : -1;
    }
    return last;
  }

  private @Nullable DropReason refusedReason(long deadline) {
    if (state.isClosing()) {
      return DropReason.CLOSED;
    }
    if (state.isFinal()) {
      return DropReason.FAILED;
    }
    return System.nanoTime() >= deadline || Thread.currentThread().isInterrupted()
        ? DropReason.TIMEOUT
        : null;
  }

  /** Under the last floor what is allocated belongs to appends on their way and the log's facts. */
  private void requireSpace(int events) {
    if (state.condition() == LogState.Condition.FULL) {
      handle.offer(events);
      handle.drop(events, DropReason.DISK_FULL);
      throw new DiskFullException(keeper.spaceMessage());
    }
  }

  private void requireOpen() {
    LogState.Condition condition = state.condition();
    if (condition == LogState.Condition.FAILED) {
      throw new LogFailedException("The log has failed: " + state.reason(), state.cause());
    }
    if (state.isClosing()) {
      throw new LogClosedException("The log is closed, or closing; nothing was stored.");
    }
  }
}
