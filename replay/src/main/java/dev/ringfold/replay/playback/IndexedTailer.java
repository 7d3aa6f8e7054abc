// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

import dev.ringfold.EventHandler;
import dev.ringfold.EventLogReader;
import dev.ringfold.EventView;
import dev.ringfold.LogNames;
import dev.ringfold.SegmentRetiredException;
import dev.ringfold.Tailer;
import dev.ringfold.event.Event;
import dev.ringfold.projections.index.EventIndex;
import dev.ringfold.projections.index.IndexQuery;
import dev.ringfold.projections.index.SequenceRanges;
import dev.ringfold.replay.EventSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the events that pass a query, in order, and of the journal only what an index says is worth
 * reading. Gives out exactly what a {@link Tailer} over everything would: without an index, or
 * behind what it knows, all is read. Sees frames as soon as they are written.
 *
 * <p>One thread at a time. Damage in what is not read is not found; `ringfold verify` reads all.
 */
public final class IndexedTailer implements EventSource {
  /** To read over so many sequences is cheaper than to seek. */
  private static final long MOST_READ_OVER = 2_048;

  private static final int MAX_FLOOR_SEEKS = 8;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private static final Logger LOG = LoggerFactory.getLogger(IndexedTailer.class);

  private final IndexQuery query;
  private final SequenceRanges ranges;
  private final Tailer tailer;
  private final boolean filters;
  private final Picking picking;

  /** Whether a range is under way; otherwise all is read that there will ever be. */
  private boolean reading;

  private boolean ended;

  private IndexedTailer(
      IndexQuery query, SequenceRanges ranges, Tailer tailer, boolean reading, boolean filters) {
    this.query = query;
    this.ranges = ranges;
    this.tailer = tailer;
    this.reading = reading;
    this.filters = filters;
    this.picking = new Picking(new EventMatcher(query));
  }

  /** Hands on what passes, and counts it. */
  private static final class Picking implements EventHandler {
    private final EventMatcher matcher;
    private @Nullable EventHandler target;
    private int picked;

    Picking(EventMatcher matcher) {
      this.matcher = matcher;
    }

    @Override
    public void onEvent(EventView event) {
      EventHandler handler = target;
      if (handler != null && matcher.passes(event)) {
        picked++;
        handler.onEvent(event);
      }
    }
  }

  /**
   * Opens at the query's first sequence.
   *
   * @param outputs where the index is, if there is one; a damaged or foreign one is not used
   * @throws SegmentRetiredException when the first sequence is below the floor
   */
  public static IndexedTailer open(EventLogReader log, Path outputs, IndexQuery query) {
    return open(log, index(log, outputs), query);
  }

  /** Opens at the oldest event that the log still has, or at the query's first sequence above. */
  public static IndexedTailer openOldest(EventLogReader log, Path outputs, IndexQuery query) {
    EventIndex index = index(log, outputs);
    for (int seek = 1; ; seek++) {
      try {
        long from = Math.max(query.fromSequence(), log.floorSequence());
        return open(log, index, query.between(from, query.toSequence()));
      } catch (SegmentRetiredException e) {
        // Retention may raise the floor just now; it cannot do so for ever.
        if (seek == MAX_FLOOR_SEEKS) {
          throw e;
        }
      }
    }
  }

  /** As {@link #open(EventLogReader, Path, IndexQuery)}, with an index that is open already. */
  public static IndexedTailer open(EventLogReader log, EventIndex index, IndexQuery query) {
    IndexQuery exact = withSequences(log, query);
    SequenceRanges ranges = index.select(exact);
    boolean reading = ranges.next();
    long first = exact.fromSequence();
    // Below the floor the tailer says so, also if the index knows of nothing there.
    if (reading && first >= log.floorSequence()) {
      first = ranges.first();
    }
    Tailer tailer =
        log.tailer()
            .types(query.types().stream().mapToInt(Integer::intValue).toArray())
            .streams(query.streams().toArray(String[]::new))
            .fromSequence(first)
            .upTo(reading ? ranges.last() : -1)
            .open();
    boolean filters = query.hasTimes() || !query.spaces().isEmpty() || !query.tags().isEmpty();
    return new IndexedTailer(exact, ranges, tailer, reading, filters);
  }

  /** The journal finds a log time by itself, faster than any index. */
  private static IndexQuery withSequences(EventLogReader log, IndexQuery query) {
    long first = query.fromSequence();
    long last = query.toSequence();
    if (query.fromTimeNanos() != Long.MIN_VALUE) {
      first = Math.max(first, sequenceAt(log, query.fromTimeNanos()));
    }
    if (query.toTimeNanos() != Long.MAX_VALUE) {
      // Not below it: what is behind may still be written at that time or later.
      long behind = sequenceAt(log, query.toTimeNanos() + 1);
      if (hasEventAt(log, behind)) {
        last = Math.min(last, behind - 1);
      }
    }
    return query.between(first, last);
  }

  private static long sequenceAt(EventLogReader log, long nanos) {
    Instant time =
        Instant.ofEpochSecond(
            Math.floorDiv(nanos, NANOS_PER_SECOND), Math.floorMod(nanos, NANOS_PER_SECOND));
    try (Tailer seek = log.tailer().fromTime(time).open()) {
      return seek.nextSequence();
    }
  }

  private static boolean hasEventAt(EventLogReader log, long sequence) {
    try (Tailer seek = log.tailer().fromSequence(sequence).upTo(sequence).open()) {
      return seek.poll(event -> {}, 1) > 0;
    }
  }

  private static EventIndex index(EventLogReader log, Path outputs) {
    try {
      return EventIndex.open(log, outputs);
    } catch (IOException e) {
      LOG.warn("The index in {} cannot be read, all of the log is", outputs, e);
      return EventIndex.none();
    }
  }

  @Override
  public int poll(EventHandler handler, int limit) {
    int count = 0;
    ended = false;
    while (count < limit && !ended) {
      count += step(handler, limit - count, Long.MAX_VALUE);
    }
    return count;
  }

  /**
   * As {@link #poll(EventHandler, int)}, but goes over so many sequences at most; {@link #ended}
   * tells whether there is nothing more now.
   */
  int step(EventHandler handler, int limit, long sequences) {
    ended = !inRange() && !nextRange();
    if (ended) {
      return 0;
    }
    long before = tailer.nextSequence();
    long last = ranges.last();
    tailer.upTo(last - before < sequences ? last : before + sequences - 1);
    int count = take(handler, limit, null);
    ended = tailer.nextSequence() == before;
    return count;
  }

  /** Whether the last step found nothing more. */
  boolean ended() {
    return ended;
  }

  /** As {@link #poll(EventHandler, int)}, waiting up to the timeout for a first event. */
  public int poll(EventHandler handler, int limit, Duration timeout) {
    int count = poll(handler, limit);
    if (count > 0 || !inRange()) {
      return count;
    }
    tailer.upTo(ranges.last());
    return take(handler, limit, timeout);
  }

  private int take(EventHandler handler, int limit, @Nullable Duration timeout) {
    if (!filters) {
      return timeout == null
          ? tailer.poll(handler, limit)
          : tailer.poll(handler, limit, timeout);
    }
    picking.target = handler;
    picking.picked = 0;
    if (timeout == null) {
      tailer.poll(picking, limit);
    } else {
      tailer.poll(picking, limit, timeout);
    }
    return picking.picked;
  }

  private boolean inRange() {
    return reading && tailer.nextSequence() <= ranges.last();
  }

  private boolean nextRange() {
    if (!reading || !ranges.next()) {
      reading = false;
      return false;
    }
    if (ranges.first() - tailer.nextSequence() > MOST_READ_OVER) {
      tailer.seek(ranges.first());
    }
    tailer.upTo(ranges.last());
    return true;
  }

  @Override
  public Event decode(EventView event) {
    return tailer.decode(event);
  }

  @Override
  public LogNames names() {
    return tailer.names();
  }

  /** Everything that passes below this sequence was given out. */
  public long nextSequence() {
    return reading
        ? tailer.nextSequence()
        : Math.max(query.fromSequence(), query.toSequence() + 1);
  }

  /** How many segments it has read from; one that it came back to counts again. */
  public long segmentsRead() {
    return tailer.segmentsRead();
  }

  @Override
  public void close() {
    tailer.close();
  }
}
