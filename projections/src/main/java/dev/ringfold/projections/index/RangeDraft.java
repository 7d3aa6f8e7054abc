// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.index;

import dev.ringfold.EventView;
import dev.ringfold.internal.journal.Dictionary;
import java.util.Arrays;

/**
 * What is known about the events of one range while they come: type, stream and tags of each, and
 * the log times of each block. Taking an event allocates nothing and is a few stores. One thread.
 */
final class RangeDraft {
  /** Stands for a place whose event is not known. */
  static final int NOTHING = -1;

  private final Grain grain;
  private final int[] types;
  private final int[] streams;
  private final long[] blockBegins;
  private final long[] blockEnds;
  private final TagEntries tags = new TagEntries();
  private long first;
  private int begin;
  private int next;
  private int lastCrc;
  private int lastSeen;
  private int typeLimit;
  private int streamLimit;

  RangeDraft(Grain grain) {
    this.grain = grain;
    this.types = new int[grain.range()];
    this.streams = new int[grain.range()];
    this.blockBegins = new long[grain.blocks()];
    this.blockEnds = new long[grain.blocks()];
    clear(0);
  }

  /** Begins the range that starts at this sequence. */
  void clear(long newFirst) {
    first = newFirst;
    begin = NOTHING;
    next = 0;
    lastSeen = NOTHING;
    typeLimit = 0;
    streamLimit = 0;
    Arrays.fill(blockBegins, Long.MAX_VALUE);
    Arrays.fill(blockEnds, Long.MIN_VALUE);
    tags.clear();
  }

  /** Whether an event belongs to this range and is not below what it has. */
  boolean takes(long sequence) {
    return sequence >= first + next && sequence < first + grain.range();
  }

  /** Takes an event that {@link #takes} is true for. */
  void add(EventView event) {
    final int place = (int) (event.sequence() - first);
    if (place != next) {
      skipTo(place);
    }
    if (begin < 0) {
      begin = place;
    }
    final int stream = event.streamId();
    final int type = event.typeId();
    // No stream has such a number; should one ever, its events are found by reading all.
    final boolean known = stream >= 0 && stream < Dictionary.MAX_STREAMS;
    types[place] = known ? type : NOTHING;
    streams[place] = known ? stream : NOTHING;
    typeLimit = Math.max(typeLimit, type + 1);
    if (known) {
      streamLimit = Math.max(streamLimit, stream + 1);
    }
    final int block = place >>> grain.blockShift();
    final long time = event.logTimeNanos();
    blockBegins[block] = Math.min(blockBegins[block], time);
    blockEnds[block] = Math.max(blockEnds[block], time);
    final int tagCount = event.tagCount();
    for (int tag = 0; tag < tagCount; tag++) {
      tags.add(event.tagHi(tag), event.tagLo(tag), place);
    }
    lastSeen = place;
    lastCrc = event.frameCrc();
    next = place + 1;
  }

  /** Events in between were left out, as somebody ordered. */
  private void skipTo(int place) {
    Arrays.fill(types, next, place, NOTHING);
    Arrays.fill(streams, next, place, NOTHING);
  }

  /** Whether the last event of the range has come. */
  boolean isFull() {
    return next == grain.range();
  }

  boolean isEmpty() {
    return begin < 0;
  }

  Grain grain() {
    return grain;
  }

  /** First sequence of the range. */
  long first() {
    return first;
  }

  /** Place of the first event that came. */
  int begin() {
    return begin;
  }

  /** Place of the last event that came. */
  int lastSeen() {
    return lastSeen;
  }

  /** CRC of the frame that holds it. */
  int lastCrc() {
    return lastCrc;
  }

  /** Type by place, from {@link #begin} to {@link #lastSeen}. */
  int[] types() {
    return types;
  }

  Grouping byType() {
    return Grouping.of(marked(types), null, next, typeLimit);
  }

  Grouping byStream() {
    return Grouping.of(marked(streams), null, next, streamLimit);
  }

  /** What is before the first event belongs to nobody. */
  private int[] marked(int[] numbers) {
    Arrays.fill(numbers, 0, Math.max(0, begin), NOTHING);
    return numbers;
  }

  TagEntries tags() {
    return tags;
  }

  long blockBegin(int block) {
    return blockBegins[block];
  }

  long blockEnd(int block) {
    return blockEnds[block];
  }
}
