// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import dev.ringfold.EventHandler;
import dev.ringfold.EventView;
import dev.ringfold.LogNames;
import dev.ringfold.Tailer;
import dev.ringfold.event.Event;

/** Gives events in order, and what their numbers stand for. One thread. */
public interface EventSource extends AutoCloseable {
  /**
   * Gives the next events to the handler.
   *
   * @param limit most events of this call
   * @return how many there were; 0 when there is nothing more now
   */
  int poll(EventHandler handler, int limit);

  /** Decodes an event; for use inside the handler. */
  Event decode(EventView event);

  /** The names, streams and layouts that events refer to, as far as they have been read. */
  LogNames names();

  /** Ends the reading. */
  @Override
  void close();

  /** The events of a tailer, which is closed with the source. */
  static EventSource of(Tailer tailer) {
    return new EventSource() {
      @Override
      public int poll(EventHandler handler, int limit) {
        return tailer.poll(handler, limit);
      }

      @Override
      public Event decode(EventView event) {
        return tailer.decode(event);
      }

      @Override
      public LogNames names() {
        return tailer.names();
      }

      @Override
      public void close() {
        tailer.close();
      }
    };
  }
}
