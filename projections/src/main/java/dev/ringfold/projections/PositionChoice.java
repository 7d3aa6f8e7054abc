// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the newest commit of an output that belongs to the history the journal has now. */
final class PositionChoice {
  private static final Logger LOG = LoggerFactory.getLogger(PositionChoice.class);

  private PositionChoice() {}

  /**
   * The position to open at.
   *
   * @param projection whose commits they are
   * @param candidates newest first
   * @throws ProjectionFailedException when none fits and the journal no longer holds the events to
   *     make the output again
   */
  static Position choose(Projection projection, List<Position> candidates, Journal journal) {
    Optional<Position> fitting = fitting(projection, candidates, journal);
    if (fitting.isPresent()) {
      return fitting.get();
    }
    String name = projection.name();
    long floor = journal.floorSequence();
    if (floor > 0 && !candidates.isEmpty()) {
      throw new ProjectionFailedException(
          "Projection "
              + name
              + " has commits up to sequence "
              + candidates.get(0).sequence()
              + ", but none that the journal continues: it begins at sequence "
              + floor
              + " now. Its output is the only copy of what was before: restore a backup of the"
              + " journal, or move the output away to begin there");
    }
    if (floor > 0) {
      LOG.warn("Projection {} begins at sequence {}: older events were retired", name, floor);
    }
    return Position.START;
  }

  /** The newest of the positions, newest first, that the journal continues. */
  static Optional<Position> fitting(
      Projection projection, List<Position> candidates, Journal journal) {
    long floor = journal.floorSequence();
    for (Position candidate : candidates) {
      if (fits(candidate, floor, journal, projection.needsUncommitted())) {
        return Optional.of(candidate);
      }
      LOG.warn(
          "Projection {}: its commit at sequence {} is of events the journal does not have; trying"
              + " an older one",
          projection.name(),
          candidate.sequence());
    }
    return Optional.empty();
  }

  private static boolean fits(Position candidate, long floor, Journal journal, boolean needsNext) {
    if (candidate.sequence() < floor) {
      // Its frame is retired, so it was durable long ago; the next event must be there.
      return candidate.sequence() + 1 == floor || !needsNext;
    }
    OptionalInt crc = journal.frameCrcAt(candidate.sequence());
    return crc.isPresent() && crc.getAsInt() == candidate.frameCrc();
  }
}
