// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.event.Event;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.PayloadReader;
import dev.ringfold.internal.journal.Dictionary;
import dev.ringfold.internal.journal.JournalCursor;
import dev.ringfold.internal.journal.JournalSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads the journal in order, from any sequence or log time, while it is being written. Every frame
 * is checked before its events are given out; damage is a {@link CorruptJournalException}, never a
 * wrong event and never a silent end.
 *
 * <p>Used by one thread at a time; any number of tailers may read one log, in this process and in
 * others. Several tailers do not disturb each other or the producers.
 */
public final class Tailer implements AutoCloseable {
  private static final long PARK_NANOS_MIN = 50_000L;
  private static final long PARK_NANOS_QUIET = 10_000_000L;

  /**
   * Reached after about a second without events: waking up is what an idle tailer costs. One in the
   * process that writes sleeps instead, and is woken.
   */
  private static final long PARK_NANOS_MAX = 50_000_000L;

  private final JournalSource source;
  private final JournalCursor cursor;
  private final EventTypes types;
  private final Dictionary dictionary;
  private final EventView view = new EventView();
  private final PayloadReader payload = new PayloadReader();
  private final @Nullable Runnable onClose;
  private boolean closed;

  private Tailer(Builder builder, JournalCursor cursor, Dictionary dictionary) {
    this.source = builder.source;
    this.cursor = cursor;
    this.types = builder.types;
    this.dictionary = dictionary;
    this.onClose = builder.onClose;
    view.streams(dictionary::streamAt);
  }

  /**
   * Gives the next events to the handler.
   *
   * @param limit most events of this call
   * @return how many there were; 0 when nothing more is written now
   * @throws CorruptJournalException when a frame is damaged
   * @throws SegmentRetiredException when the position is below the floor
   */
  public int poll(EventHandler handler, int limit) {
    int count = 0;
    while (count < limit && cursor.next(view)) {
      handler.onEvent(view);
      count++;
    }
    return count;
  }

  /** As {@link #poll(EventHandler, int)}, waiting up to the timeout for a first event. */
  public int poll(EventHandler handler, int limit, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    long park = PARK_NANOS_MIN;
    long seen = source.writtenSequence();
    int count = poll(handler, limit);
    while (count == 0 && !Thread.currentThread().isInterrupted()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return 0;
      }
      source.await(seen, park, left);
      park = Math.min(PARK_NANOS_MAX, park + park / (park < PARK_NANOS_QUIET ? 2 : 16));
      seen = source.writtenSequence();
      count = poll(handler, limit);
    }
    return count;
  }

  /** Decodes an event with the types the log was opened with; for use inside the handler. */
  public Event decode(EventView event) {
    return types.decode(
        event.typeId(),
        event.schemaVersion(),
        payload.wrap(event.buffer(), event.payloadOffset(), event.payloadLength()));
  }

  /** The names, streams and layouts that events refer to, as far as they have been read. */
  public LogNames names() {
    return new LogNames(dictionary);
  }

  /** Sequence of the next event to come. */
  public long nextSequence() {
    return cursor.nextSequence();
  }

  /** Goes on at this sequence. */
  public void seek(long sequence) {
    cursor.seekSequence(sequence);
  }

  /** Goes on at the first event at or after this log time. */
  public void seek(Instant logTime) {
    cursor.seekTime(TimeUnit.SECONDS.toNanos(logTime.getEpochSecond()) + logTime.getNano());
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      cursor.close();
      if (onClose != null) {
        onClose.run();
      }
    }
  }

  /** Says what to read and from where. */
  public static final class Builder {
    private static final int MAX_FLOOR_SEEKS = 8;

    private final JournalSource source;
    private final EventTypes types;
    private final @Nullable Runnable onClose;
    private final BitSet typeIds = new BitSet();
    private final BitSet streamIds = new BitSet();
    private final Set<String> streamNames = new HashSet<>();
    private long fromSequence = -1;
    private @Nullable Instant fromTime;
    private long upTo = Long.MAX_VALUE;

    Builder(JournalSource source, EventTypes types, @Nullable Runnable onClose) {
      this.source = source;
      this.types = types;
      this.onClose = onClose;
    }

    /** Starts at this sequence; without a start, at the oldest one there is. */
    public Builder fromSequence(long sequence) {
      if (sequence < 0) {
        throw new IllegalArgumentException("sequence must be >= 0 but was " + sequence);
      }
      fromSequence = sequence;
      return this;
    }

    /** Starts at the first event at or after this log time. */
    public Builder fromTime(Instant logTime) {
      fromTime = logTime;
      return this;
    }

    /** Ends at this sequence, which is still given out. */
    public Builder upTo(long sequence) {
      upTo = sequence;
      return this;
    }

    /** Only events of these types. */
    public Builder types(int... ids) {
      for (int id : ids) {
        typeIds.set(id);
      }
      return this;
    }

    /** Only events of these streams. */
    public Builder streams(Stream... streams) {
      for (Stream stream : streams) {
        streamIds.set(stream.id());
      }
      return this;
    }

    /** Only events of streams with these names, whatever their context. */
    public Builder streams(String... names) {
      streamNames.addAll(Arrays.asList(names));
      return this;
    }

    /** Retention may raise the floor just now; it cannot do so for ever. */
    private void seekFloor(JournalCursor cursor) {
      for (int i = 1; ; i++) {
        try {
          cursor.seekSequence(source.manifest().floorSequence());
          return;
        } catch (SegmentRetiredException e) {
          if (i == MAX_FLOOR_SEEKS) {
            throw e;
          }
        }
      }
    }

    /** Opens the tailer. */
    public Tailer open() {
      NameFilter names = new NameFilter(typeIds, streamIds, streamNames);
      JournalCursor cursor = new JournalCursor(source, names);
      try {
        names.attach(cursor);
        cursor.upTo(upTo);
        Tailer tailer = new Tailer(this, cursor, names.dictionary());
        if (fromTime != null) {
          tailer.seek(fromTime);
        } else if (fromSequence >= 0) {
          cursor.seekSequence(fromSequence);
        } else {
          seekFloor(cursor);
        }
        return tailer;
      } catch (RuntimeException | Error e) {
        cursor.close();
        throw e;
      }
    }
  }
}
