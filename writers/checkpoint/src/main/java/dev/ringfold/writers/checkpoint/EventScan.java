// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import dev.ringfold.EventView;
import dev.ringfold.SegmentRetiredException;
import dev.ringfold.Tailer;
import dev.ringfold.event.Event;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Goes through the events of a log, as far as it likes: up to a sequence of the past, or by an
 * index that knows where the events of some types are. Holds nothing between two calls.
 */
@FunctionalInterface
public interface EventScan {
  /** Takes an event, which is only valid during the call. */
  @FunctionalInterface
  interface Handler {
    /**
     * Takes an event.
     *
     * @param decode decodes it
     */
    void on(EventView event, Function<EventView, Event> decode);
  }

  /**
   * Gives out the events from a sequence on, or from the oldest one there is above it.
   *
   * @return the sequence behind the last one that was gone over
   */
  long scan(long from, Handler handler);

  /** Goes through everything that tailers give out. */
  static EventScan of(Supplier<Tailer.Builder> tailers) {
    int limit = 4_096;
    return (from, handler) -> {
      try (Tailer tailer = open(tailers, from)) {
        Function<EventView, Event> decode = tailer::decode;
        long next = from;
        int count;
        do {
          count = tailer.poll(event -> handler.on(event, decode), limit);
          next = Math.max(next, tailer.nextSequence());
        } while (count > 0);
        return next;
      }
    };
  }

  private static Tailer open(Supplier<Tailer.Builder> tailers, long from) {
    try {
      return tailers.get().fromSequence(from).open();
    } catch (SegmentRetiredException below) {
      return tailers.get().open();
    }
  }
}
