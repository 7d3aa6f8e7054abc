// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.EventView;
import dev.ringfold.SegmentRetiredException;
import dev.ringfold.event.EventFormat;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of a store in order, from any sequence or log time, over segment borders, while
 * it is being written or not. Every frame whose events are delivered has passed its CRC; while
 * reading on, frame numbers, CRC chain, sequences and log times are checked too, over segment
 * borders.
 *
 * <p>One thread at a time. No allocation per event or frame. Starts at the floor.
 */
public final class JournalCursor implements AutoCloseable {
  private final SegmentReader segments;
  private final FrameReader reader;
  private final ByteBuffer buffer;

  private EventFilter filter = EventFilter.ALL;
  private boolean filtered;

  /** The current frame's events that are still to come. */
  private int remaining;

  private int eventOffset;
  private int bodyEnd;
  private long sequence;
  private long logTime;
  private int frameCrc;

  /** Nothing below is delivered, nor is anything above. */
  private long fromSequence;

  /** Nor are frames before this log time. */
  private long fromTimeNanos = Long.MIN_VALUE;

  private long upTo = Long.MAX_VALUE;

  /**
   * Creates a cursor at the floor of a store.
   *
   * @param source what is known about the store
   * @param dictionary takes the dictionary frames on the way; null when the names are known anyway
   */
  public JournalCursor(JournalSource source, @Nullable DictionarySink dictionary) {
    this.segments = new SegmentReader(source, dictionary);
    this.reader = segments.frames();
    this.buffer = reader.buffer();
    this.fromSequence = source.manifest().floorSequence();
    this.sequence = fromSequence;
  }

  /** Delivers only events that pass; the sequence goes on over the others. */
  public void filter(EventFilter newFilter) {
    filter = newFilter;
    filtered = !newFilter.passesAll();
  }

  /** Delivers nothing above this sequence, as if the log ended there; may be raised later. */
  public void upTo(long lastSequence) {
    upTo = lastSequence;
  }

  /**
   * Goes to a sequence, which may be one that is not written yet.
   *
   * @throws SegmentRetiredException when it is below the floor
   * @throws CorruptJournalException when its segment is missing or damaged
   */
  public void seekSequence(long newSequence) {
    if (newSequence < 0) {
      throw new IllegalArgumentException("sequence must be >= 0 but was " + newSequence);
    }
    remaining = 0;
    fromSequence = newSequence;
    fromTimeNanos = Long.MIN_VALUE;
    sequence = newSequence;
    segments.seekSequence(newSequence);
  }

  /**
   * Goes to the first event with this log time or a later one, which may be one that is not written
   * yet.
   *
   * @param logTimeNanos nanoseconds since 1970
   */
  public void seekTime(long logTimeNanos) {
    remaining = 0;
    fromSequence = 0;
    fromTimeNanos = logTimeNanos;
    sequence = segments.seekTime(logTimeNanos);
  }

  /**
   * Sequence of the event that is looked at next. Events that the filter holds back are counted;
   * before the first event after {@link #seekTime} it is a lower bound.
   */
  public long nextSequence() {
    return sequence;
  }

  /** How many times a segment was opened. */
  public long segmentsOpened() {
    return reader.reopenings();
  }

  /**
   * Moves the view to the next event.
   *
   * @return false when there is nothing more now; the view is then unchanged
   * @throws CorruptJournalException when bytes that must be there are damaged or missing
   * @throws SegmentRetiredException when retention has deleted what comes next
   */
  public boolean next(EventView view) {
    for (; ; ) {
      while (remaining > 0) {
        if (sequence > upTo) {
          return false;
        }
        if (step(view)) {
          return true;
        }
      }
      // Nothing behind the end is looked at, so that no segment is opened for it.
      if (sequence > upTo || !nextFrame()) {
        return false;
      }
    }
  }

  private boolean step(EventView view) {
    final ByteBuffer bytes = buffer;
    final int at = eventOffset;
    final int payload = EventBounds.payloadOffset(bytes, at, bodyEnd);
    if (payload < 0) {
      throw malformed("an event does not fit its frame");
    }
    final int end = at + bytes.getInt(at);
    final long current = sequence;
    eventOffset = end;
    remaining--;
    sequence = current + 1;
    if (remaining == 0 && end != bodyEnd) {
      throw malformed("the frame is longer than its events");
    }
    if (current < fromSequence) {
      return false;
    }
    if (filtered
        && !filter.passes(
            bytes.getShort(at + EventFormat.TYPE_OFFSET) & 0xFFFF,
            bytes.getInt(at + EventFormat.STREAM_OFFSET))) {
      return false;
    }
    view.wrap(bytes, at, end, payload, bytes.get(at + EventFormat.FLAGS_OFFSET), current, logTime);
    view.frameCrc(frameCrc);
    return true;
  }

  private boolean nextFrame() {
    FrameReader frame = reader;
    while (segments.next()) {
      if (frame.kind() != FrameFormat.KIND_EVENTS) {
        continue;
      }
      long first = frame.firstSequence();
      int count = frame.count();
      if (first + count <= fromSequence || frame.logTime() < fromTimeNanos) {
        sequence = first + count;
        continue;
      }
      remaining = count;
      eventOffset = frame.bodyOffset();
      bodyEnd = eventOffset + frame.bodyLength();
      sequence = first;
      logTime = frame.logTime();
      frameCrc = frame.crc();
      return true;
    }
    return false;
  }

  private CorruptJournalException malformed(String problem) {
    long bad = remaining == 0 ? sequence - 1 : sequence;
    remaining = 0;
    return segments.damage().malformed(reader, bad, problem);
  }

  /** Closes the files; the cursor cannot be used again. */
  @Override
  public void close() {
    remaining = 0;
    segments.close();
  }
}
