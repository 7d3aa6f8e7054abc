// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventView;
import dev.ringfold.event.Event;

/** What a {@link ProjectionDriver} asks of whoever drives it: a worker, or a rebuild. */
interface Surroundings {
  /** Returns when everything up to this sequence is on disk, or throws. */
  void awaitPermanent(long sequence);

  /**
   * An event was refused. Waits when it is to be tried again.
   *
   * @param attempt how often it was tried so far
   * @return whether to try it again
   */
  boolean retry(EventView event, int attempt, Exception cause);

  /**
   * The last try failed; returns to go on without the event, or throws.
   *
   * @param sequence of the event
   * @param consuming the event's own sequence, or that of the order to try it again
   */
  void giveUp(long sequence, long consuming, int attempts, Exception cause);

  /** A fact about dead letters of any projection was consumed. */
  default void consumedFact(long sequence, Event fact) {}

  /** A commit was made. */
  void committed(Position position);
}
