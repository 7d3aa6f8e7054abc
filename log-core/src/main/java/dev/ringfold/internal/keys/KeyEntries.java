// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.keys;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The entries of one segment on their way into a {@link KeyFile} or out of it: 48 bytes each, in
 * any order. For one thread at a time; cold path.
 */
public final class KeyEntries {
  /**
   * Keys at which a segment should be rolled: its entries then take 24 MiB here, and two segments
   * fit a {@link KeyWindow} of the default capacity.
   */
  public static final int ROLL_COUNT = 1 << 19;

  /** The most entries of one segment. */
  public static final int MAX_COUNT = 1 << 24;

  private static final int LONGS = 6;
  private static final int CHUNK_ENTRIES = 4096;

  /** Bits that hold an entry's number while sorting; the rest hold the start of its sort key. */
  private static final int NUMBER_BITS = 24;

  private static final long NUMBER_MASK = (1L << NUMBER_BITS) - 1;

  private final List<long[]> chunks = new ArrayList<>();
  private int count;

  /** Creates an empty list. */
  public KeyEntries() {}

  /**
   * Adds an idempotency key; see {@link KeyVisitor#key}.
   *
   * @throws IllegalStateException when there are {@link #MAX_COUNT} entries already
   */
  public void addKey(
      long hi, long lo, long payloadHash, long sequence, int keyCount, long logTime) {
    add(hi, lo, 0, payloadHash, sequence, keyCount, logTime);
  }

  /**
   * Adds a condition pair; see {@link ConditionIndex.PairVisitor#pair}.
   *
   * @throws IllegalStateException when there are {@link #MAX_COUNT} entries already
   */
  public void addPair(int type, long hi, long lo, long sequence) {
    add(hi, lo, type, 0, sequence, 0, 0);
  }

  /** Entries in the list. */
  public int count() {
    return count;
  }

  /** Visits idempotency keys in ascending order of sequence. */
  public void forEachKey(KeyVisitor visitor) {
    for (int number : bySequence()) {
      KeyEntry entry = entry(number);
      visitor.key(
          entry.hi(),
          entry.lo(),
          entry.payloadHash(),
          entry.sequence(),
          entry.count(),
          entry.logTime());
    }
  }

  /** Visits condition pairs in ascending order of sequence. */
  public void forEachPair(ConditionIndex.PairVisitor visitor) {
    for (int number : bySequence()) {
      KeyEntry entry = entry(number);
      visitor.pair(entry.type(), entry.hi(), entry.lo(), entry.sequence());
    }
  }

  void add(KeyEntry entry) {
    add(
        entry.hi(),
        entry.lo(),
        entry.type(),
        entry.payloadHash(),
        entry.sequence(),
        entry.count(),
        entry.logTime());
  }

  /** The entry that was added as the given number, from 0. */
  KeyEntry entry(int number) {
    long[] chunk = chunks.get(number / CHUNK_ENTRIES);
    int at = number % CHUNK_ENTRIES * LONGS;
    return new KeyEntry(
        chunk[at],
        chunk[at + 1],
        (int) (chunk[at + 5] >>> 32),
        chunk[at + 2],
        chunk[at + 3],
        (int) chunk[at + 5],
        chunk[at + 4]);
  }

  /** Entry numbers in the order of {@link KeyFileFormat#ORDER}, equal ones by sequence. */
  int[] byKey() {
    long[] packed = new long[count];
    for (int number = 0; number < count; number++) {
      packed[number] = pack(value(number, 0), number);
    }
    return order(packed, KeyFileFormat.ORDER.thenComparingLong(KeyEntry::sequence));
  }

  private int[] bySequence() {
    long lowest = Long.MAX_VALUE;
    long highest = 0;
    for (int number = 0; number < count; number++) {
      lowest = Math.min(lowest, value(number, 3));
      highest = Math.max(highest, value(number, 3));
    }
    int shift = Long.numberOfLeadingZeros((highest - lowest) | 1);
    long[] packed = new long[count];
    for (int number = 0; number < count; number++) {
      packed[number] = pack((value(number, 3) - lowest) << shift, number);
    }
    return order(packed, Comparator.comparingLong(KeyEntry::sequence));
  }

  /** Sorts by the packed prefixes, which is nearly everything, then by runs of equal prefixes. */
  private int[] order(long[] packed, Comparator<KeyEntry> comparator) {
    Arrays.sort(packed);
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = (int) (packed[i] & NUMBER_MASK);
    }
    for (int from = 0; from < count; ) {
      int to = from + 1;
      while (to < count && (packed[to] ^ packed[from]) >>> NUMBER_BITS == 0) {
        to++;
      }
      if (to - from > 1) {
        sortRun(order, from, to, comparator);
      }
      from = to;
    }
    return order;
  }

  private void sortRun(int[] order, int from, int to, Comparator<KeyEntry> comparator) {
    Integer[] run = new Integer[to - from];
    Arrays.setAll(run, i -> order[from + i]);
    Arrays.sort(run, Comparator.comparing(this::entry, comparator));
    for (int i = 0; i < run.length; i++) {
      order[from + i] = run[i];
    }
  }

  private void add(
      long hi, long lo, int type, long payloadHash, long sequence, int keyCount, long logTime) {
    if (count == MAX_COUNT) {
      throw new IllegalStateException(
          "a segment can hold at most " + MAX_COUNT + " keys; roll it at " + ROLL_COUNT);
    }
    int at = count % CHUNK_ENTRIES * LONGS;
    if (at == 0) {
      chunks.add(new long[CHUNK_ENTRIES * LONGS]);
    }
    long[] chunk = chunks.get(count / CHUNK_ENTRIES);
    chunk[at] = hi;
    chunk[at + 1] = lo;
    chunk[at + 2] = payloadHash;
    chunk[at + 3] = sequence;
    chunk[at + 4] = logTime;
    chunk[at + 5] = ((long) type << 32) | (keyCount & 0xFFFF_FFFFL);
    count++;
  }

  private long value(int number, int which) {
    return chunks.get(number / CHUNK_ENTRIES)[number % CHUNK_ENTRIES * LONGS + which];
  }

  /** Flips the sign bit, because {@code Arrays.sort} compares signed. */
  private static long pack(long unsignedKey, int number) {
    return ((unsignedKey & ~NUMBER_MASK) | number) ^ Long.MIN_VALUE;
  }
}
