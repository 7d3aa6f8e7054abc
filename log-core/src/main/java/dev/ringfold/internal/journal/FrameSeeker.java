// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import org.jspecify.annotations.Nullable;

/**
 * Finds a frame inside the segment that a {@link FrameReader} has open, by headers alone, and loads
 * the dictionary frames that are passed over. One thread at a time; no allocation per frame.
 */
final class FrameSeeker {
  /** No wish for a sequence, or for a time. */
  static final long ANY = Long.MIN_VALUE;

  /** Result of {@link #walk}: something is wrong on the way. */
  static final long DAMAGED = -1;

  private final FrameReader reader;
  private final JournalDamage damage;
  private final @Nullable DictionarySink dictionary;

  /** The segment whose dictionary frames, as far as its index lists them, were loaded. */
  private long dictionarySegment = -1;

  private int dictionariesLoaded;

  FrameSeeker(FrameReader reader, JournalDamage damage, @Nullable DictionarySink dictionary) {
    this.reader = reader;
    this.damage = damage;
    this.dictionary = dictionary;
  }

  /**
   * Goes over frame headers up to the wanted frame and stands in front of it, or of the end.
   *
   * @return the sequence that comes next, or {@link #DAMAGED}
   */
  long walk(SegmentEntry target, long offset, long limit, long sequence, long logTimeNanos) {
    reader.position(offset);
    reader.headersOnly(true);
    try {
      long reached = target.firstSequence();
      FrameStatus status = reader.next(limit);
      while (status == FrameStatus.FRAME && !wanted(sequence, logTimeNanos)) {
        reached = reader.firstSequence() + reader.eventCount();
        if (reader.kind() == FrameFormat.KIND_DICTIONARY && !loadHere(limit)) {
          return DAMAGED;
        }
        status = reader.next(limit);
      }
      if (status == FrameStatus.DAMAGED) {
        return DAMAGED;
      }
      long next = status == FrameStatus.FRAME ? reader.firstSequence() : reached;
      reader.position(reader.offset());
      return next;
    } finally {
      reader.headersOnly(false);
    }
  }

  private boolean wanted(long sequence, long logTimeNanos) {
    int events = reader.eventCount();
    return sequence == ANY
        ? events > 0 && reader.logTime() >= logTimeNanos
        : reader.firstSequence() + events > sequence;
  }

  /**
   * Loads the dictionary frames in front of an offset that were not loaded yet.
   *
   * @return FRAME, or what was found where the index names a dictionary frame
   */
  FrameStatus loadDictionaries(SegmentEntry target, SegmentIndex index, long offset, long limit) {
    if (dictionary == null) {
      return FrameStatus.FRAME;
    }
    if (dictionarySegment != target.number()) {
      dictionarySegment = target.number();
      dictionariesLoaded = 0;
    }
    while (dictionariesLoaded < index.dictionaryCount()
        && index.dictionaryOffsetAt(dictionariesLoaded) < offset) {
      reader.position(index.dictionaryOffsetAt(dictionariesLoaded));
      FrameStatus status = reader.next(limit);
      if (status != FrameStatus.FRAME) {
        return status;
      }
      loadDictionary();
      dictionariesLoaded++;
    }
    return FrameStatus.FRAME;
  }

  /** Reads the frame, whose header was seen, with its body, and loads it. */
  private boolean loadHere(long limit) {
    if (dictionary == null) {
      return true;
    }
    reader.headersOnly(false);
    reader.position(reader.offset());
    boolean valid = reader.next(limit) == FrameStatus.FRAME;
    if (valid) {
      loadDictionary();
    }
    reader.headersOnly(true);
    return valid;
  }

  /** Loads the current frame when it is one of the dictionary. */
  void loadDictionary() {
    DictionarySink sink = dictionary;
    if (sink != null && reader.kind() == FrameFormat.KIND_DICTIONARY) {
      try {
        sink.load(reader.buffer(), reader.bodyOffset(), reader.bodyLength(), reader.count());
      } catch (IllegalStateException e) {
        throw damage.dictionary(reader, reader.firstSequence(), e);
      }
    }
  }
}
