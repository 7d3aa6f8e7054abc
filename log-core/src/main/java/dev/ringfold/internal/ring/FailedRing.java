// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import com.lmax.disruptor.Sequence;
import dev.ringfold.RingfoldException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * What the journal thread does with the ring of a failed log: nothing of it is written, and nobody
 * waits for ever.
 */
final class FailedRing {
  private static final long PARK_NANOS = 1_000_000L;
  private static final long COPY_PARK_NANOS = 50_000L;

  private final EventRing ring;
  private final Sequence consumed;
  private final AckThread acks;
  private final RingfoldException failure;

  FailedRing(EventRing ring, Sequence consumed, AckThread acks, RingfoldException failure) {
    this.ring = ring;
    this.consumed = consumed;
    this.acks = acks;
    this.failure = failure;
  }

  /** Fails what arrives until the log is closed, and everything that was claimed by then. */
  void drainUntil(BooleanSupplier closing) {
    while (!closing.getAsBoolean()) {
      drain();
      LockSupport.parkNanos(this, PARK_NANOS);
    }
    ring.seal();
    drain();
    while (consumed.get() < ring.cursor()) {
      LockSupport.parkNanos(this, COPY_PARK_NANOS); // A producer still copies its event.
      drain();
    }
  }

  private void drain() {
    long slotSequence = consumed.get() + 1;
    while (slotSequence <= ring.cursor() && ring.isPublished(slotSequence)) {
      Slot slot = ring.slot(slotSequence);
      PendingAppend pending = slot.pending;
      slot.pending = null;
      if (pending != null) {
        pending.failure = failure;
        acks.completed(pending);
      }
      slotSequence += slot.slotCount;
      consumed.set(slotSequence - 1);
      ring.release(slotSequence - 1);
    }
    acks.flush();
  }
}
