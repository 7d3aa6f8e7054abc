// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.keys;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * An off-heap hash table of 160-bit keys that also remembers the order in which they came, oldest
 * to newest. The shared part of {@link KeyWindow} and {@link ConditionIndex}.
 *
 * <p>Used by one thread. No operation allocates, except that the table grows: entries in chunks of
 * {@value #CHUNK_ENTRIES}, the hash index by doubling.
 */
final class FifoTable {
  /*
   * Entries live in chunks that never move, so growing copies none of them. Entry, little-endian:
   *
   *   offset size field
   *        0    8 hi, 8 lo     the key
   *       16    4 kind         part of the key
   *       20    4 tag          a value of the owner
   *       24    4 previous     slot of the next older entry, or NONE
   *       28    4 next         slot of the next newer entry, or NONE; links the free list too
   *       32    . values       8 bytes each
   *
   * The index is open addressing with linear probing, at most half full. A cell is 8 bytes: the
   * high half holds 32 hash bits, the low half slot + 1; 0 is empty. Because the home of a cell is
   * known from the cell alone, doubling and backward-shift deletion never touch the entries. The
   * hash is keyed with secrets of this table: keys chosen by an adversary do not cluster.
   */

  /** What a look-up returns when there is nothing. */
  static final int NONE = -1;

  /** Entries per chunk, and the size a table starts with. */
  static final int CHUNK_ENTRIES = 1024;

  /** The most entries a table can hold: the index must stay below 2 GiB. */
  static final int MAX_ENTRIES = 1 << 26;

  private static final int CHUNK_SHIFT = 10;
  private static final int CHUNK_MASK = CHUNK_ENTRIES - 1;
  private static final int LO = 8;
  private static final int KIND = 16;
  private static final int TAG = 20;
  private static final int PREVIOUS = 24;
  private static final int NEXT = 28;
  private static final int VALUES = 32;
  private static final int CELL_SHIFT = 3;

  private final int entryLength;
  private final ByteBuffer[] chunks;
  private final long secretHi;
  private final long secretLo;

  private ByteBuffer index;
  private int indexMask;
  private int chunkCount;
  private int slotsUsed;
  private int freeSlot = NONE;
  private int oldest = NONE;
  private int newest = NONE;
  private int size;

  /**
   * @param maxEntries the most entries that will ever be held at once
   * @param values how many longs an entry carries
   */
  FifoTable(int maxEntries, int values) {
    if (maxEntries < 1 || maxEntries > MAX_ENTRIES) {
      throw new IllegalArgumentException(
          "entries must be 1 to " + MAX_ENTRIES + " but were " + maxEntries);
    }
    SecureRandom random = new SecureRandom();
    this.secretHi = random.nextLong();
    this.secretLo = random.nextLong();
    this.entryLength = VALUES + values * Long.BYTES;
    this.chunks = new ByteBuffer[(maxEntries + CHUNK_MASK) >>> CHUNK_SHIFT];
    this.index = newIndex(2 * CHUNK_ENTRIES);
    this.indexMask = 2 * CHUNK_ENTRIES - 1;
  }

  /** The slot of a key, or {@link #NONE}. A slot is valid until its entry is removed. */
  int find(long hi, long lo, int kind) {
    int hash = hash(hi, lo, kind);
    for (int at = hash & indexMask; ; at = (at + 1) & indexMask) {
      long cell = cell(at);
      if (cell == 0) {
        return NONE;
      }
      if ((int) (cell >>> 32) == hash && holds(slotOf(cell), hi, lo, kind)) {
        return slotOf(cell);
      }
    }
  }

  /** Adds a key as the newest and returns its slot, or {@link #NONE} when it is there already. */
  int insert(long hi, long lo, int kind) {
    if (2L * (size + 1) > indexMask + 1L) {
      growIndex();
    }
    int hash = hash(hi, lo, kind);
    int at = hash & indexMask;
    for (long cell = cell(at); cell != 0; cell = cell(at)) {
      if ((int) (cell >>> 32) == hash && holds(slotOf(cell), hi, lo, kind)) {
        return NONE;
      }
      at = (at + 1) & indexMask;
    }
    int slot = takeSlot();
    cell(at, ((long) hash << 32) | (slot + 1));
    ByteBuffer chunk = chunk(slot);
    int offset = offset(slot);
    chunk.putLong(offset, hi);
    chunk.putLong(offset + LO, lo);
    chunk.putInt(offset + KIND, kind);
    chunk.putInt(offset + TAG, 0);
    linkNewest(slot);
    size++;
    return slot;
  }

  /** Makes an entry the newest one. */
  void moveToNewest(int slot) {
    if (slot != newest) {
      unlink(slot);
      linkNewest(slot);
    }
  }

  /** Removes the oldest entry; the table must not be empty. */
  void removeOldest() {
    int slot = oldest;
    if (slot == NONE) {
      throw new IllegalStateException("the table is empty");
    }
    deleteCell(cellOf(slot));
    unlink(slot);
    setLink(slot, NEXT, freeSlot);
    freeSlot = slot;
    size--;
  }

  int size() {
    return size;
  }

  /** The oldest slot, or {@link #NONE}. */
  int oldest() {
    return oldest;
  }

  /** The newest slot, or {@link #NONE}. */
  int newest() {
    return newest;
  }

  /** The next newer slot, or {@link #NONE}. */
  int newerThan(int slot) {
    return chunk(slot).getInt(offset(slot) + NEXT);
  }

  /** The next older slot, or {@link #NONE}. */
  int olderThan(int slot) {
    return chunk(slot).getInt(offset(slot) + PREVIOUS);
  }

  long hi(int slot) {
    return chunk(slot).getLong(offset(slot));
  }

  long lo(int slot) {
    return chunk(slot).getLong(offset(slot) + LO);
  }

  int kind(int slot) {
    return chunk(slot).getInt(offset(slot) + KIND);
  }

  int tag(int slot) {
    return chunk(slot).getInt(offset(slot) + TAG);
  }

  void tag(int slot, int value) {
    chunk(slot).putInt(offset(slot) + TAG, value);
  }

  long value(int slot, int which) {
    return chunk(slot).getLong(offset(slot) + VALUES + which * Long.BYTES);
  }

  void value(int slot, int which, long value) {
    chunk(slot).putLong(offset(slot) + VALUES + which * Long.BYTES, value);
  }

  /** Off-heap bytes held. */
  long memoryBytes() {
    return (long) chunkCount * CHUNK_ENTRIES * entryLength + index.capacity();
  }

  /**
   * The oldest entry whose value {@code which} is at least this much, NONE when there is none; the
   * value never falls from an entry to a newer one.
   */
  int oldestFrom(int which, long atLeast) {
    int first = NONE;
    for (int slot = newest(); slot != NONE && value(slot, which) >= atLeast; ) {
      first = slot;
      slot = olderThan(slot);
    }
    return first;
  }

  /** Walks the whole structure; for tests. Throws AssertionError at the first broken invariant. */
  void checkStructure() {
    int cells = 0;
    for (int at = 0; at <= indexMask; at++) {
      if (cell(at) != 0) {
        cells++;
      }
    }
    int linked = 0;
    int previous = NONE;
    for (int slot = oldest; slot != NONE; slot = newerThan(slot)) {
      boolean sound =
          olderThan(slot) == previous
              && linked < size
              && find(hi(slot), lo(slot), kind(slot)) == slot;
      if (!sound) {
        throw new AssertionError("entry " + linked + " in slot " + slot + " is broken");
      }
      previous = slot;
      linked++;
    }
    if (cells != size || linked != size || previous != newest) {
      throw new AssertionError(
          "size " + size + ", cells " + cells + ", linked " + linked + ", newest " + newest);
    }
  }

  private int hash(long hi, long lo, int kind) {
    long a = hi ^ secretHi;
    long b = lo ^ secretLo;
    long mixed = (a * b) ^ Math.multiplyHigh(a, b) ^ secretHi;
    long c = mixed ^ (kind * 0x9E3779B97F4A7C15L);
    long d = secretLo | 1;
    return (int) ((c * d) ^ Math.multiplyHigh(c, d));
  }

  private boolean holds(int slot, long hi, long lo, int kind) {
    ByteBuffer chunk = chunk(slot);
    int offset = offset(slot);
    return chunk.getLong(offset) == hi
        && chunk.getLong(offset + LO) == lo
        && chunk.getInt(offset + KIND) == kind;
  }

  private int takeSlot() {
    int slot = freeSlot;
    if (slot != NONE) {
      freeSlot = newerThan(slot);
      return slot;
    }
    slot = slotsUsed;
    if (slot >>> CHUNK_SHIFT == chunkCount) {
      chunks[chunkCount] =
          ByteBuffer.allocateDirect(CHUNK_ENTRIES * entryLength).order(ByteOrder.LITTLE_ENDIAN);
      chunkCount++;
    }
    slotsUsed++;
    return slot;
  }

  private void growIndex() {
    ByteBuffer old = index;
    int oldCells = indexMask + 1;
    index = newIndex(2 * oldCells);
    indexMask = 2 * oldCells - 1;
    for (int at = 0; at < oldCells; at++) {
      long cell = old.getLong(at << CELL_SHIFT);
      if (cell != 0) {
        int target = (int) (cell >>> 32) & indexMask;
        while (cell(target) != 0) {
          target = (target + 1) & indexMask;
        }
        cell(target, cell);
      }
    }
  }

  private int cellOf(int slot) {
    int at = hash(hi(slot), lo(slot), kind(slot)) & indexMask;
    while (slotOf(cell(at)) != slot) {
      at = (at + 1) & indexMask;
    }
    return at;
  }

  private void deleteCell(int deleted) {
    int hole = deleted;
    int at = (hole + 1) & indexMask;
    for (long cell = cell(at); cell != 0; cell = cell(at)) {
      int home = (int) (cell >>> 32) & indexMask;
      // A cell may move back only as far as its home.
      if (((at - home) & indexMask) >= ((at - hole) & indexMask)) {
        cell(hole, cell);
        hole = at;
      }
      at = (at + 1) & indexMask;
    }
    cell(hole, 0);
  }

  private void linkNewest(int slot) {
    setLink(slot, PREVIOUS, newest);
    setLink(slot, NEXT, NONE);
    if (newest == NONE) {
      oldest = slot;
    } else {
      setLink(newest, NEXT, slot);
    }
    newest = slot;
  }

  private void unlink(int slot) {
    int older = olderThan(slot);
    int newer = newerThan(slot);
    if (older == NONE) {
      oldest = newer;
    } else {
      setLink(older, NEXT, newer);
    }
    if (newer == NONE) {
      newest = older;
    } else {
      setLink(newer, PREVIOUS, older);
    }
  }

  private void setLink(int slot, int field, int value) {
    chunk(slot).putInt(offset(slot) + field, value);
  }

  private ByteBuffer chunk(int slot) {
    return chunks[slot >>> CHUNK_SHIFT];
  }

  private int offset(int slot) {
    return (slot & CHUNK_MASK) * entryLength;
  }

  private long cell(int at) {
    return index.getLong(at << CELL_SHIFT);
  }

  private void cell(int at, long value) {
    index.putLong(at << CELL_SHIFT, value);
  }

  private static int slotOf(long cell) {
    return (int) cell - 1;
  }

  private static ByteBuffer newIndex(int cells) {
    return ByteBuffer.allocateDirect(cells << CELL_SHIFT).order(ByteOrder.LITTLE_ENDIAN);
  }
}
