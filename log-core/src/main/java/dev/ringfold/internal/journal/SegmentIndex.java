// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A sparse index of one segment: about one entry per {@link #SPACING} bytes says which frame begins
 * where, and a list says where the dictionary frames are. Immutable view; any thread. It is a hint
 * only: whoever uses it checks the frames it finds. Saved by {@link SegmentIndexFile}.
 */
public final class SegmentIndex {
  /** Bytes of frames between two entries, about. */
  public static final int SPACING = 64 << 10;

  /** Longs of an entry: first sequence, log time, frame number, file offset. */
  static final int ENTRY_LONGS = 4;

  private static final int LOG_TIME = 1;
  private static final int FRAME_NUMBER = 2;
  private static final int FILE_OFFSET = 3;

  private final long[] entries;
  private final int count;
  private final long[] dictionaries;
  private final int dictionaryCount;

  SegmentIndex(long[] entries, int count, long[] dictionaries, int dictionaryCount) {
    this.entries = entries;
    this.count = count;
    this.dictionaries = dictionaries;
    this.dictionaryCount = dictionaryCount;
  }

  /**
   * Builds the index of a segment from its frames.
   *
   * @param queueFile the segment's queue file
   * @param before the chain in front of it
   * @param limit end of the segment's last frame; {@code Long.MAX_VALUE} for as far as frames are
   *     valid
   */
  public static SegmentIndex rebuild(Path queueFile, ChainState before, long limit) {
    Builder builder = new Builder();
    SegmentScan.scan(queueFile, before, limit, builder::add);
    return builder.view();
  }

  /** Builds the index of a segment as the manifest has it, from its frames. */
  public static SegmentIndex rebuild(Path store, SegmentEntry entry) {
    Builder builder = new Builder();
    SegmentScan.scan(store, entry, entry.before(), builder::add);
    return builder.view();
  }

  /** Entries in the index. */
  public int size() {
    return count;
  }

  /** Sequence of the first event at or behind an entry's frame. */
  public long firstSequenceAt(int entry) {
    return entries[at(entry)];
  }

  /** Log time of an entry's frame, nanoseconds since 1970. */
  public long logTimeAt(int entry) {
    return entries[at(entry) + LOG_TIME];
  }

  /** Number of an entry's frame. */
  public long frameNumberAt(int entry) {
    return entries[at(entry) + FRAME_NUMBER];
  }

  /** File offset of an entry's document. */
  public long offsetAt(int entry) {
    return entries[at(entry) + FILE_OFFSET];
  }

  /** Number of dictionary frames in the segment. */
  public int dictionaryCount() {
    return dictionaryCount;
  }

  /** File offset of a dictionary frame's document. */
  public long dictionaryOffsetAt(int place) {
    if (place >= dictionaryCount) {
      throw new IndexOutOfBoundsException("dictionary frame " + place + " of " + dictionaryCount);
    }
    return dictionaries[place];
  }

  /**
   * Where to begin reading for a sequence: the frame that holds it lies at or behind this offset.
   * 0, the begin of the file, when the index does not know.
   */
  public long offsetFor(long sequence) {
    int entry = lastBelow(0, sequence, true);
    return entry < 0 ? 0 : offsetAt(entry);
  }

  /**
   * Where to begin reading for a log time: the first frame with this log time or a later one lies
   * at or behind this offset. 0 when the index does not know.
   */
  public long offsetForTime(long logTimeNanos) {
    int entry = lastBelow(LOG_TIME, logTimeNanos, false);
    return entry < 0 ? 0 : offsetAt(entry);
  }

  /** The last entry whose field is below the value, or equal to it if asked; -1 when none is. */
  private int lastBelow(int field, long value, boolean orEqual) {
    int low = 0;
    int high = count - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long found = entries[middle * ENTRY_LONGS + field];
      if (found < value || (orEqual && found == value)) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high;
  }

  private int at(int entry) {
    if (entry < 0 || entry >= count) {
      throw new IndexOutOfBoundsException("entry " + entry + " of " + count);
    }
    return entry * ENTRY_LONGS;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SegmentIndex that
        && count == that.count
        && dictionaryCount == that.dictionaryCount
        && Arrays.equals(entries, 0, count * ENTRY_LONGS, that.entries, 0, count * ENTRY_LONGS)
        && Arrays.equals(dictionaries, 0, dictionaryCount, that.dictionaries, 0, dictionaryCount);
  }

  @Override
  public int hashCode() {
    return count == 0 ? 0 : Long.hashCode(offsetAt(count - 1)) * 31 + count;
  }

  @Override
  public String toString() {
    return "SegmentIndex[" + count + " entries, " + dictionaryCount + " dictionary frames]";
  }

  /**
   * Collects entries while a segment is written or scanned. One thread adds; any thread may take a
   * {@link #view} at any time. Allocates only when it grows.
   */
  public static final class Builder {
    private static final int FIRST_CAPACITY = 256;

    private long nextEntryOffset;
    private long[] growingEntries = new long[FIRST_CAPACITY * ENTRY_LONGS];
    private long[] growingDictionaries = new long[16];
    private int entryCount;
    private int dictionaryCount;

    /** Entries below the count in this view never change again, so views can share the arrays. */
    private volatile SegmentIndex published =
        new SegmentIndex(growingEntries, 0, growingDictionaries, 0);

    /** Notes the frame a reader stands at. */
    public void add(FrameReader frame) {
      add(
          frame.kind(),
          frame.firstSequence(),
          frame.logTime(),
          frame.frameNumber(),
          frame.offset());
    }

    /**
     * Notes a frame; most calls add no entry.
     *
     * @param kind the frame's kind
     * @param firstSequence its first sequence
     * @param logTimeNanos its log time
     * @param frameNumber its number
     * @param offset file offset of its document (4 bytes before the frame)
     */
    public void add(
        int kind, long firstSequence, long logTimeNanos, long frameNumber, long offset) {
      boolean changed = false;
      if (kind == FrameFormat.KIND_DICTIONARY) {
        addDictionary(offset);
        changed = true;
      }
      if (entryCount == 0 || offset >= nextEntryOffset) {
        addEntry(firstSequence, logTimeNanos, frameNumber, offset);
        nextEntryOffset = offset + SPACING;
        changed = true;
      }
      if (changed) {
        published =
            new SegmentIndex(growingEntries, entryCount, growingDictionaries, dictionaryCount);
      }
    }

    /** The index of everything added so far. */
    public SegmentIndex view() {
      return published;
    }

    private void addEntry(long firstSequence, long logTime, long frameNumber, long offset) {
      int at = entryCount * ENTRY_LONGS;
      if (at == growingEntries.length) {
        growingEntries = Arrays.copyOf(growingEntries, at * 2);
      }
      growingEntries[at] = firstSequence;
      growingEntries[at + LOG_TIME] = logTime;
      growingEntries[at + FRAME_NUMBER] = frameNumber;
      growingEntries[at + FILE_OFFSET] = offset;
      entryCount++;
    }

    private void addDictionary(long offset) {
      if (dictionaryCount == growingDictionaries.length) {
        growingDictionaries = Arrays.copyOf(growingDictionaries, dictionaryCount * 2);
      }
      growingDictionaries[dictionaryCount++] = offset;
    }
  }
}
