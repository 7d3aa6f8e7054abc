// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOutcome;
import dev.ringfold.Receipt;
import dev.ringfold.RingTimeoutException;
import dev.ringfold.RingfoldException;
import dev.ringfold.internal.keys.KeyEntry;
import dev.ringfold.internal.keys.SealedKeys;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A REQUIRED append on its way: what the caller expects, filled in before its slot is published,
 * and what the journal thread decided, read by the caller after completion.
 *
 * <p>A caller that blocks is woken directly by whoever completes the append; a caller that holds a
 * future is served by the thread {@code ringfold-ack}, since its callbacks may take their time.
 */
public final class PendingAppend {
  /** A stream that must have exactly a version. */
  record Expectation(int stream, long version) {}

  /** No event of the types with the tag may exist after a sequence. */
  record Condition(int[] types, long tagHi, long tagLo, long afterSequence) {}

  final AckLevel level;
  final Expectation[] expectations;
  final Condition[] conditions;
  final boolean keyed;
  final long keyHi;
  final long keyLo;
  final long payloadHash;
  final @Nullable CompletableFuture<AppendOutcome> future;
  final @Nullable Thread blocked;

  // What was found in the sealed segments, by the caller and maybe again by the journal thread.
  long keySealedSequence = -1;
  long keyCheckedBelow;

  // Journal thread.
  long firstSequence = -1;
  long lastSequence = -1;
  int count;
  @Nullable AppendOutcome decided;
  @Nullable RingfoldException failure;

  /** The window moved past what the caller had checked: look again, nothing was decided. */
  boolean recheck;

  private volatile boolean done;

  PendingAppend(
      AckLevel level,
      Expectation[] expectations,
      Condition[] conditions,
      boolean keyed,
      long keyHi,
      long keyLo,
      long payloadHash,
      @Nullable CompletableFuture<AppendOutcome> future) {
    this.level = level;
    this.expectations = expectations;
    this.conditions = conditions;
    this.keyed = keyed;
    this.keyHi = keyHi;
    this.keyLo = keyLo;
    this.payloadHash = payloadHash;
    this.future = future;
    this.blocked = future == null ? Thread.currentThread() : null;
  }

  /** Looks the key up in the sealed segments. */
  void lookUp(SealedKeys.Snapshot sealed) {
    KeyEntry found = sealed.find(keyHi, keyLo);
    keySealedSequence = found == null ? -1 : found.sequence();
    keyCheckedBelow = sealed.endSequence();
  }

  void stored(long first, int events, long logTimeNanos) {
    firstSequence = first;
    lastSequence = first + events - 1;
    count = events;
    decided = new AppendOutcome.Appended(new Receipt(first, events, logTimeNanos, level));
  }

  boolean isDone() {
    return done;
  }

  /** Wakes the blocked caller, or completes the future in the calling thread. */
  void complete() {
    done = true;
    if (blocked != null) {
      LockSupport.unpark(blocked);
    }
    CompletableFuture<AppendOutcome> target = future;
    if (target == null) {
      return;
    }
    if (failure != null) {
      target.completeExceptionally(failure);
    } else if (recheck) {
      target.completeExceptionally(
          new RingTimeoutException(
              "The window of idempotency keys is full of keys whose segment is still being sealed;"
                  + " nothing was stored. Append it again, or raise key-window."));
    } else {
      target.complete(java.util.Objects.requireNonNull(decided, "decided"));
    }
  }
}
