// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventView;
import java.util.Set;

/**
 * Answers events with new events, exactly once: what it emits for an event carries an idempotency
 * key of its name, the event's sequence and a number, and its position is saved when all of that is
 * on disk. A process keeps no state that the journal does not hold: after a crash some events come
 * again, and what it emits for them is recognised and not stored a second time. It is never run by
 * a rebuild.
 *
 * <p>All methods are called by one thread, its worker. What it emits has to follow from the event
 * alone. One that takes types it emits answers itself; it has to come to an end.
 */
public interface EventProcess {
  /** Its stable name, with the same rules as a projection's, and different from all of theirs. */
  String name();

  /** Ids of the event types it wants; empty for all. Must not change while it runs. */
  default Set<Integer> types() {
    return Set.of();
  }

  /**
   * Takes one event, which is only valid during the call. When it throws, nothing it emitted in
   * this call is stored.
   */
  void apply(EventView event, Emitter out) throws Exception;
}
