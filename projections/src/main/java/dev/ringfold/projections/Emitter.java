// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.AppendOptions;
import dev.ringfold.EventView;
import dev.ringfold.LogNames;
import dev.ringfold.event.Event;
import dev.ringfold.event.StreamKey;

/** What a {@link EventProcess} publishes through, during one call of its {@code apply}. */
public interface Emitter {
  /** Most events that may be emitted for one event. */
  int MAX_EVENTS = 10_000;

  /** Emits an event; it is stored after {@code apply} has returned, in the order of the calls. */
  default void emit(StreamKey stream, Event event) {
    emit(stream, event, AppendOptions.NONE);
  }

  /**
   * Emits an event with tags or a correlation. Idempotency key, causation and event time are set by
   * the runtime: the causation is the event that is answered, and the event time is its.
   */
  void emit(StreamKey stream, Event event, AppendOptions options);

  /** The names, streams and layouts that the event being answered refers to. */
  LogNames names();

  /** Decodes an event with the types the log was opened with. */
  Event decode(EventView event);
}
