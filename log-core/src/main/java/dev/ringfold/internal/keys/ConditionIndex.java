// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.keys;

/**
 * The newest sequence of each pair of event type and tag, for the expectation "no event of types T
 * with key K after sequence S". Holds the newest pairs up to a capacity, off-heap: 56 bytes a pair.
 * Used by one thread (the journal thread); no operation allocates, except when the table grows.
 */
public final class ConditionIndex {
  /** Pairs remembered unless configured otherwise. */
  public static final int DEFAULT_CAPACITY = 1 << 20;

  /** The most pairs that can be configured. */
  public static final int MAX_CAPACITY = 1 << 24;

  /** The answer to an expectation. */
  public enum Verdict {
    /** There is no such event. */
    HOLDS,
    /** There is one. */
    VIOLATED,
    /** The sequence is too far back for this index: the caller must read on and ask again. */
    UNKNOWN
  }

  /** Receives pairs one by one, without an object for each. */
  @FunctionalInterface
  public interface PairVisitor {
    /** One pair: event type, tag hash, and the newest sequence of an event with both. */
    void pair(int type, long hi, long lo, long sequence);
  }

  private static final int SEQUENCE = 0;

  private final FifoTable table;
  private final int capacity;
  private long newestSequence = -1;
  private long floorSequence;
  private long evicted;

  /** An index of {@link #DEFAULT_CAPACITY} pairs. */
  public ConditionIndex() {
    this(DEFAULT_CAPACITY);
  }

  /**
   * @param capacity pairs remembered, 1 to {@link #MAX_CAPACITY}
   * @throws IllegalArgumentException when the capacity is out of range
   */
  public ConditionIndex(int capacity) {
    if (capacity < 1 || capacity > MAX_CAPACITY) {
      throw new IllegalArgumentException(
          "condition index capacity must be 1 to " + MAX_CAPACITY + " but was " + capacity);
    }
    this.capacity = capacity;
    this.table = new FifoTable(capacity, 1);
  }

  /**
   * Remembers that an event of this type and tag was stored; a known pair becomes the newest.
   *
   * @throws IllegalArgumentException when the sequence is below that of the pair added before
   */
  public void add(int type, long hi, long lo, long sequence) {
    if (sequence < newestSequence) {
      throw new IllegalArgumentException(
          "pairs must be added in order: expected a sequence from "
              + newestSequence
              + " but found "
              + sequence);
    }
    int slot = table.find(hi, lo, type);
    if (slot != FifoTable.NONE) {
      table.moveToNewest(slot);
    } else {
      if (table.size() >= capacity) {
        evictOldest();
      }
      slot = table.insert(hi, lo, type);
    }
    table.value(slot, SEQUENCE, sequence);
    newestSequence = sequence;
  }

  /**
   * The newest sequence of an event with this type and tag, or -1 when there is none at or above
   * {@link #floorSequence()}.
   */
  public long lastSequence(int type, long hi, long lo) {
    int slot = table.find(hi, lo, type);
    return slot == FifoTable.NONE ? -1 : table.value(slot, SEQUENCE);
  }

  /**
   * Whether there is no event of one of the types with this tag after a sequence.
   *
   * @param types event types; the first {@code typeCount} count
   * @param afterSequence the newest sequence the caller has seen, -1 for none
   */
  public Verdict check(int[] types, int typeCount, long hi, long lo, long afterSequence) {
    for (int i = 0; i < typeCount; i++) {
      if (lastSequence(types[i], hi, lo) > afterSequence) {
        return Verdict.VIOLATED;
      }
    }
    return afterSequence >= floorSequence - 1 ? Verdict.HOLDS : Verdict.UNKNOWN;
  }

  /**
   * The lowest sequence such that every pair stored at or above it is known: 0 while nothing was
   * evicted.
   */
  public long floorSequence() {
    return floorSequence;
  }

  /** Raises the floor: pairs below it were not loaded into this index. Never lowers it. */
  public void raiseFloor(long sequence) {
    floorSequence = Math.max(floorSequence, sequence);
  }

  /** Most pairs in the index. */
  public int capacity() {
    return capacity;
  }

  /** Pairs in the index. */
  public int size() {
    return table.size();
  }

  /** Pairs that the index has let go of since it was made. */
  public long evicted() {
    return evicted;
  }

  /** Off-heap bytes held now. */
  public long memoryBytes() {
    return table.memoryBytes();
  }

  /**
   * Visits the pairs whose newest sequence is at or above the given one, oldest first. The index
   * must not change.
   */
  public void forEachFrom(long sequence, PairVisitor visitor) {
    int first = table.oldestFrom(SEQUENCE, sequence);
    for (int slot = first; slot != FifoTable.NONE; slot = table.newerThan(slot)) {
      visitor.pair(table.kind(slot), table.hi(slot), table.lo(slot), table.value(slot, SEQUENCE));
    }
  }

  /** For tests: throws AssertionError when the table is inconsistent. */
  void checkStructure() {
    table.checkStructure();
  }

  private void evictOldest() {
    long oldest = table.value(table.oldest(), SEQUENCE);
    table.removeOldest();
    floorSequence = Math.max(floorSequence, oldest + 1);
    evicted++;
  }
}
