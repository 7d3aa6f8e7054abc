// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

import dev.ringfold.EventLogReader;
import dev.ringfold.EventView;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The events of a replay one after the other, a few of them in memory. One thread; close it.
 *
 * <pre>{@code
 * try (ReplayIterator events = Replay.of(reader).types(1).iterator()) {
 *   while (events.hasNext()) {
 *     use(events.next());
 *   }
 * }
 * }</pre>
 */
public final class ReplayIterator implements Iterator<ReplayedEvent>, AutoCloseable {
  private static final int BATCH = 256;

  private final IndexedTailer tailer;
  private final EventLogReader owned;
  private final boolean owns;
  private final ArrayDeque<ReplayedEvent> waiting = new ArrayDeque<>(BATCH);

  /**
   * @param owns whether the reader is closed with the iterator
   */
  ReplayIterator(IndexedTailer tailer, EventLogReader reader, boolean owns) {
    this.tailer = tailer;
    this.owned = reader;
    this.owns = owns;
  }

  @Override
  public boolean hasNext() {
    if (waiting.isEmpty()) {
      tailer.poll(event -> waiting.add(kept(event)), BATCH);
    }
    return !waiting.isEmpty();
  }

  private ReplayedEvent kept(EventView event) {
    return new ReplayedEvent(
        event.sequence(),
        event.logTime(),
        event.eventTime(),
        event.typeId(),
        event.schemaVersion(),
        event.stream(),
        tailer.decode(event));
  }

  @Override
  public ReplayedEvent next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the replay is at its end");
    }
    return waiting.remove();
  }

  /** How many segments were read from. */
  public long segmentsRead() {
    return tailer.segmentsRead();
  }

  @Override
  public void close() {
    tailer.close();
    if (owns) {
      owned.close();
    }
  }
}
