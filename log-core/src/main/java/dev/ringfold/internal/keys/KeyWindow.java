// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.keys;

/**
 * The idempotency keys of the newest keyed appends, off-heap: 72 bytes a key, 72 MiB at the default
 * capacity, growing with use. Used by one thread (the journal thread); no operation allocates,
 * except when the table grows.
 *
 * <p>When it is full, a new key evicts the oldest. <b>An evicted key must never look new</b>; that
 * is what {@link KeyFile} is for. The protocol:
 *
 * <ol>
 *   <li>Before it claims a slot, the calling thread takes a {@link SealedKeys.Snapshot}, looks the
 *       key up there, and sends along the sequence it found (or -1) and the snapshot's {@code
 *       endSequence()}: every key below that would have been found.
 *   <li>The journal thread asks {@link #decide}. It answers {@code NEW} only when everything below
 *       the window's floor was covered by the caller's look-up.
 *   <li>At every seal, {@link #evictableBelow} is raised to the new {@code endSequence()}. Until
 *       then the keys of unsealed segments are kept, even above the capacity (up to {@value
 *       #OVERGROWTH} times), so that no key is ever in neither place.
 * </ol>
 */
public final class KeyWindow {
  /** Keys remembered unless configured otherwise. */
  public static final int DEFAULT_CAPACITY = 1 << 20;

  /** The most keys that can be configured. */
  public static final int MAX_CAPACITY = 1 << 24;

  /**
   * How many times its capacity a window may reach while keys cannot be evicted. At that size the
   * oldest is evicted all the same: {@link #decide} then answers RECHECK until the seal is done.
   */
  public static final int OVERGROWTH = 4;

  private static final int PAYLOAD_HASH = 0;
  private static final int SEQUENCE = 1;
  private static final int LOG_TIME = 2;
  private static final int VALUES = 3;

  /** At most this many keys leave per added key, so that shrinking never stalls the journal. */
  private static final int EVICTIONS_PER_ADD = 2;

  private final FifoTable table;
  private final int capacity;
  private final long maxSize;
  private int found = FifoTable.NONE;
  private long newestSequence = -1;
  private long floorSequence;
  private long evictableBelow = Long.MAX_VALUE;
  private long evicted;

  /** A window of {@link #DEFAULT_CAPACITY} keys. */
  public KeyWindow() {
    this(DEFAULT_CAPACITY);
  }

  /**
   * @param capacity keys remembered, 1 to {@link #MAX_CAPACITY}
   * @throws IllegalArgumentException when the capacity is out of range
   */
  public KeyWindow(int capacity) {
    if (capacity < 1 || capacity > MAX_CAPACITY) {
      throw new IllegalArgumentException(
          "key window capacity must be 1 to " + MAX_CAPACITY + " but was " + capacity);
    }
    this.capacity = capacity;
    this.maxSize = (long) capacity * OVERGROWTH;
    this.table = new FifoTable((int) maxSize, VALUES);
  }

  /** Whether the key is in the window; if so, the {@code found} methods tell about it. */
  public boolean find(long hi, long lo) {
    found = table.find(hi, lo, 0);
    return found != FifoTable.NONE;
  }

  /** First sequence stored under the key found last. Valid until the next find, decide or add. */
  public long foundSequence() {
    return table.value(foundSlot(), SEQUENCE);
  }

  /** Hash of what was stored under the key found last. */
  public long foundPayloadHash() {
    return table.value(foundSlot(), PAYLOAD_HASH);
  }

  /** Events stored under the key found last. */
  public int foundCount() {
    return table.tag(foundSlot());
  }

  /** Log time of the events under the key found last, nanoseconds since 1970. */
  public long foundLogTime() {
    return table.value(foundSlot(), LOG_TIME);
  }

  /**
   * What to do with an event of this key. After REPEAT and CONFLICT the {@code found} methods tell
   * about the first event.
   *
   * @param payloadHash hash of what is to be stored
   * @param sealedSequence the sequence at which the caller found the key in a sealed segment, or -1
   * @param checkedBelow the {@code endSequence()} of the snapshot in which the caller looked
   */
  public KeyDecision decide(
      long hi, long lo, long payloadHash, long sealedSequence, long checkedBelow) {
    if (find(hi, lo)) {
      return foundPayloadHash() == payloadHash ? KeyDecision.REPEAT : KeyDecision.CONFLICT;
    }
    if (sealedSequence >= 0) {
      return KeyDecision.EXPIRED;
    }
    return checkedBelow >= floorSequence ? KeyDecision.NEW : KeyDecision.RECHECK;
  }

  /**
   * Remembers a key as the newest.
   *
   * @param sequence first sequence stored under the key; above that of the key added before
   * @param count events stored under the key
   * @param logTime nanoseconds since 1970
   * @throws IllegalArgumentException when the sequence does not ascend
   * @throws IllegalStateException when the key is in the window already
   */
  public void add(long hi, long lo, long payloadHash, long sequence, int count, long logTime) {
    if (sequence <= newestSequence) {
      throw new IllegalArgumentException(
          "keys must be added in ascending order: expected a sequence above "
              + newestSequence
              + " but found "
              + sequence);
    }
    found = FifoTable.NONE;
    makeRoom();
    int slot = table.insert(hi, lo, 0);
    if (slot == FifoTable.NONE) {
      throw new IllegalStateException(
          "the key of sequence " + sequence + " is in the window already; ask decide() first");
    }
    table.tag(slot, count);
    table.value(slot, PAYLOAD_HASH, payloadHash);
    table.value(slot, SEQUENCE, sequence);
    table.value(slot, LOG_TIME, logTime);
    newestSequence = sequence;
  }

  /**
   * The lowest sequence such that every key stored at or above it is in the window: 0 while nothing
   * was evicted.
   */
  public long floorSequence() {
    return floorSequence;
  }

  /** Raises the floor: keys below it were not loaded into this window. Never lowers it. */
  public void raiseFloor(long sequence) {
    floorSequence = Math.max(floorSequence, sequence);
  }

  /**
   * Says that every key below the sequence is saved in a {@link KeyFile} that callers can see, so
   * that it may be evicted. Unless this is ever called, every key may.
   */
  public void evictableBelow(long sequence) {
    evictableBelow = sequence;
  }

  /** Keys that the window is meant to hold. */
  public int capacity() {
    return capacity;
  }

  /** Keys in the window. */
  public int size() {
    return table.size();
  }

  /** Keys that the window has let go of since it was made. */
  public long evicted() {
    return evicted;
  }

  /** Off-heap bytes held now. */
  public long memoryBytes() {
    return table.memoryBytes();
  }

  /** Visits the keys stored at or above a sequence, oldest first. The window must not change. */
  public void forEachFrom(long sequence, KeyVisitor visitor) {
    int first = table.oldestFrom(SEQUENCE, sequence);
    for (int slot = first; slot != FifoTable.NONE; slot = table.newerThan(slot)) {
      visitor.key(
          table.hi(slot),
          table.lo(slot),
          table.value(slot, PAYLOAD_HASH),
          table.value(slot, SEQUENCE),
          table.tag(slot),
          table.value(slot, LOG_TIME));
    }
  }

  /** For tests: throws AssertionError when the table is inconsistent. */
  void checkStructure() {
    table.checkStructure();
  }

  private void makeRoom() {
    for (int i = 0; i < EVICTIONS_PER_ADD && table.size() >= capacity; i++) {
      long oldest = table.value(table.oldest(), SEQUENCE);
      if (oldest >= evictableBelow && table.size() < maxSize) {
        return;
      }
      table.removeOldest();
      floorSequence = Math.max(floorSequence, oldest + 1);
      evicted++;
    }
  }

  private int foundSlot() {
    if (found == FifoTable.NONE) {
      throw new IllegalStateException("no key was found; call find first");
    }
    return found;
  }
}
