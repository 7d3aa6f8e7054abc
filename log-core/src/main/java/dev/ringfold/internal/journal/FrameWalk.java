// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

/**
 * Goes over the frame headers of a segment, without their bodies, to the frame that holds a
 * sequence or is the first one at a time. Dictionary frames on the way are loaded. One thread, one
 * walk.
 */
final class FrameWalk {
  /** No wish for a sequence, or for a time. */
  static final long ANY = Long.MIN_VALUE;

  private final FrameReader reader;
  private final DictionaryLoader names;
  private final long sequence;
  private final long logTimeNanos;
  private long reached;
  private boolean foundEvents;

  /**
   * @param sequence the one looked for; {@link #ANY} to look for the time
   * @param logTimeNanos the log time looked for; only without a sequence
   */
  FrameWalk(FrameReader reader, DictionaryLoader names, long sequence, long logTimeNanos) {
    this.reader = reader;
    this.names = names;
    this.sequence = sequence;
    this.logTimeNanos = logTimeNanos;
  }

  /**
   * Walks, and leaves the reader in front of the wanted frame, or where there are no more frames.
   *
   * @param firstSequence the first sequence of the segment
   * @return false when something is wrong on the way
   */
  boolean from(long offset, long limit, long firstSequence) {
    reader.position(offset);
    reader.headersOnly(true);
    reached = firstSequence;
    try {
      FrameStatus status = reader.next(limit);
      while (status == FrameStatus.FRAME && !wanted()) {
        reached = reader.firstSequence() + reader.eventCount();
        if (reader.kind() == FrameFormat.KIND_DICTIONARY && !names.loadHere(limit)) {
          return false;
        }
        status = reader.next(limit);
      }
      if (status == FrameStatus.DAMAGED) {
        return false;
      }
      foundEvents = status == FrameStatus.FRAME && reader.eventCount() > 0;
      reached = status == FrameStatus.FRAME ? reader.firstSequence() : reached;
      reader.position(reader.offset());
      return true;
    } finally {
      reader.headersOnly(false);
    }
  }

  /** Sequence of the next event where the reader was left. */
  long reached() {
    return reached;
  }

  /** Whether the reader was left in front of events. */
  boolean foundEvents() {
    return foundEvents;
  }

  private boolean wanted() {
    int events = reader.eventCount();
    return sequence == ANY
        ? events > 0 && reader.logTime() >= logTimeNanos
        : reader.firstSequence() + events > sequence;
  }
}
