// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventLogReader;
import dev.ringfold.event.EventType;
import java.util.List;

/**
 * Tells the command line and other tools about the projections of a program, so that they can
 * rebuild and verify them without it. Found by {@link java.util.ServiceLoader}: name the class in
 * {@code META-INF/services/dev.ringfold.projections.ProjectionProvider} of a jar, and put the jar
 * on the class path.
 */
public interface ProjectionProvider {
  /**
   * New projections that are not open; each is used once.
   *
   * @param log the store they are for; it stays open as long as they are used
   */
  List<Projection> projections(EventLogReader log);

  /** The event types they decode, apart from Ringfold's own. */
  default List<EventType<?>> types() {
    return List.of();
  }
}
