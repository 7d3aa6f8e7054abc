// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.dsl.ProducerType;
import org.jspecify.annotations.Nullable;

/**
 * The in-memory ring in front of the journal: a Disruptor whose slots own 128 bytes each in one
 * array: a row of eight doubles fits one slot, and the journal thread reads nearly every byte it
 * loads, in order, so that the processor can run ahead of it. Producers never wait here: a claim
 * either succeeds or says that there is no room.
 */
public final class EventRing {
  /** Bytes of a slot. */
  public static final int SLOT_BYTES = 128;

  private static final int SLOT_SHIFT = 7;

  /** A parked journal thread is woken when so many parts of the ring have been filled. */
  private static final int QUARTERS = 4;

  private final RingBuffer<Slot> ring;
  private final byte[] memory;
  private final int mask;
  private final int quarterMask;
  private final ParkingWait waiting = new ParkingWait();
  private final Sequence released = new Sequence(-1L);
  private volatile long sealedFrom = Long.MAX_VALUE;

  /**
   * @param slots a power of two
   */
  public EventRing(int slots) {
    ring = RingBuffer.create(ProducerType.MULTI, Slot::new, slots, waiting);
    memory = new byte[slots << SLOT_SHIFT];
    mask = slots - 1;
    quarterMask = Math.max(1, slots / QUARTERS) - 1;
    ring.addGatingSequences(released);
  }

  /** Slots that a record of this many bytes takes. */
  public static int slotsFor(int bytes) {
    return (bytes + SLOT_BYTES - 1) >>> SLOT_SHIFT;
  }

  /** Claims consecutive slots; returns the ring sequence of the last one, or -1 without room. */
  public long tryClaim(int slots) {
    try {
      return ring.tryNext(slots);
    } catch (InsufficientCapacityException full) {
      return -1L; // A preallocated singleton without a stack trace: the claim simply failed.
    }
  }

  /** The slot of a ring sequence. */
  public Slot slot(long ringSequence) {
    return ring.get(ringSequence);
  }

  /** The bytes of all slots. */
  public byte[] memory() {
    return memory;
  }

  /** Where the slot's bytes begin in {@link #memory()}. */
  public int offsetOf(long ringSequence) {
    return ((int) ringSequence & mask) << SLOT_SHIFT;
  }

  /** Whether the record's slots lie behind each other in {@link #memory()}. */
  boolean isContiguous(long firstSlot, int slots) {
    return offsetOf(firstSlot) + (slots << SLOT_SHIFT) <= memory.length;
  }

  /** Most bytes of a record: half the ring, so that a record never waits for an empty ring. */
  int maxRecordBytes() {
    return memory.length / 2;
  }

  /** Fills the claimed slots of a record and publishes them. */
  void publishRecord(
      long last,
      byte[] bytes,
      int length,
      int events,
      long ordinal,
      int producer,
      @Nullable PendingAppend pending) {
    int slots = slotsFor(length);
    long first = last - slots + 1;
    Slot slot = slot(first);
    slot.eventCount = events;
    slot.slotCount = slots;
    slot.length = length;
    slot.ordinal = ordinal;
    slot.producer = producer;
    slot.pending = pending;
    copyIn(first, bytes, 0, length);
    publish(first, last);
  }

  /** Copies a record into its slots, around the end of the memory where needed. */
  void copyIn(long firstSlot, byte[] source, int offset, int length) {
    int start = offsetOf(firstSlot);
    int head = Math.min(length, memory.length - start);
    System.arraycopy(source, offset, memory, start, head);
    System.arraycopy(source, offset + head, memory, 0, length - head);
  }

  /**
   * Publishes the claimed slots, the last one first: the journal thread that sees a record's first
   * slot may then read all of them. When they begin another quarter of the ring, a parked journal
   * thread is woken.
   */
  public void publish(long firstSlot, long lastSlot) {
    for (long slot = lastSlot; slot >= firstSlot; slot--) {
      ring.publish(slot);
    }
    if ((lastSlot & quarterMask) <= lastSlot - firstSlot) {
      waiting.wake();
    }
  }

  /** Wakes the journal thread if it is parked; REQUIRED events do this. */
  public void wakeJournal() {
    waiting.wake();
  }

  /** How the journal thread waits. */
  ParkingWait waiting() {
    return waiting;
  }

  SequenceBarrier newBarrier() {
    return ring.newBarrier();
  }

  /** Journal thread: producers may claim the slots up to here again, unless the ring is sealed. */
  void release(long ringSequence) {
    if (sealedFrom == Long.MAX_VALUE) {
      released.set(ringSequence);
    }
  }

  /**
   * Journal thread: takes all the room that is left and gives none back, so that from now on every
   * claim fails. A producer that looked at the log's state before it changed has therefore either
   * claimed its slots before this, and is read, or finds no room: producers need no lock.
   */
  void seal() {
    while (sealedFrom == Long.MAX_VALUE) {
      int room = (int) ring.remainingCapacity();
      if (room == 0) {
        sealedFrom = ring.getCursor() + 1; // Only this thread makes room.
      } else {
        long last = tryClaim(room);
        sealedFrom = last < 0 ? Long.MAX_VALUE : last - room + 1;
      }
    }
  }

  /** Ring sequence of the newest slot that a producer claimed. */
  public long cursor() {
    return Math.min(ring.getCursor(), sealedFrom - 1);
  }

  /** Whether a claimed slot is published. */
  boolean isPublished(long ringSequence) {
    return ring.isAvailable(ringSequence);
  }

  /** Slots in the ring. */
  public int capacity() {
    return ring.getBufferSize();
  }

  /** Free slots at this moment. */
  public long remaining() {
    return ring.remainingCapacity();
  }
}
