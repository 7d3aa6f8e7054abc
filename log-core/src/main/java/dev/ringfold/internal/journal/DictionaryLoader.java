// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import org.jspecify.annotations.Nullable;

/**
 * Hands the dictionary frames a reader comes across, or jumps over, to whoever wants them. One
 * thread.
 */
final class DictionaryLoader {
  private final FrameReader reader;
  private final JournalDamage damage;
  private final @Nullable DictionarySink sink;

  /** The segment whose dictionary frames were loaded, and how many of those its index lists. */
  private long segment = -1;

  private int loaded;

  /** The names of all segments below this one are known: it began with them. */
  private long knownBelow = -1;

  DictionaryLoader(FrameReader reader, JournalDamage damage, @Nullable DictionarySink sink) {
    this.reader = reader;
    this.damage = damage;
    this.sink = sink;
  }

  /**
   * Loads the dictionary frames in front of an offset that were not loaded yet; moves the reader.
   */
  void loadListed(SegmentEntry target, SegmentIndex index, long offset, long limit) {
    if (sink == null || target.number() < knownBelow) {
      return;
    }
    if (segment != target.number()) {
      segment = target.number();
      loaded = 0;
    }
    while (loaded < index.dictionaryCount() && index.dictionaryOffsetAt(loaded) < offset) {
      reader.position(index.dictionaryOffsetAt(loaded));
      FrameStatus status = reader.next(limit);
      if (status != FrameStatus.FRAME) {
        throw damage.corrupt(
            reader, status, target.firstSequence(), "the index names a dictionary frame here");
      }
      load();
      loaded++;
    }
  }

  /** The reader came to events of this segment, so it has passed all names it begins with. */
  void passedBegin(long number) {
    knownBelow = Math.max(knownBelow, number);
  }

  /**
   * Reads the frame, whose header was seen, with its body, and loads it; false when it is damaged.
   */
  boolean loadHere(long limit) {
    if (sink == null) {
      return true;
    }
    reader.headersOnly(false);
    reader.position(reader.offset());
    boolean valid = reader.next(limit) == FrameStatus.FRAME;
    if (valid) {
      load();
    }
    reader.headersOnly(true);
    return valid;
  }

  /** Loads the current frame if it is a dictionary frame. */
  void load() {
    DictionarySink target = sink;
    if (target == null || reader.kind() != FrameFormat.KIND_DICTIONARY) {
      return;
    }
    try {
      target.load(reader.buffer(), reader.bodyOffset(), reader.bodyLength(), reader.count());
    } catch (IllegalStateException e) {
      throw damage.dictionary(reader, reader.firstSequence(), e);
    }
  }
}
