// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import dev.ringfold.EventView;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a child process of the harness publishes until it is killed. Write one with your own events
 * to put your own log through the same faults; it needs a public constructor without arguments.
 *
 * <p>What is published must follow from the seed and the item's number alone. One thread.
 */
public interface Workload {
  /** Types to register besides the harness's own. */
  default List<EventType<?>> types() {
    return List.of();
  }

  /**
   * Publishes item {@code n}. The numbers of one child follow each other; the next child starts a
   * few items before the last acknowledged one, so an item may come again.
   */
  void publish(Publisher publisher, long n);

  /** A check of what can be read after the fault, from the first event on. */
  default Check check(long seed) {
    return (view, event) -> null;
  }

  /** Looks at every event of the log in order. */
  @FunctionalInterface
  interface Check {
    /**
     * Looks at one event.
     *
     * @return what is wrong, or null
     */
    @Nullable String problem(EventView view, Event event);
  }
}
