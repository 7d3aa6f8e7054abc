// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

import dev.ringfold.EventLogReader;
import dev.ringfold.SavedPositions;
import dev.ringfold.replay.LogEnd;
import dev.ringfold.replay.Point;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The sequences of a replay.
 *
 * @param first first one to look at; above {@code last} when there is nothing to do
 * @param last last one
 * @param oldest whether it begins at the oldest event, wherever that is when it is opened
 * @param position where it stopped before, when it goes on
 */
record ReplaySpan(
    long first, long last, boolean oldest, SavedPositions.@Nullable Position position) {

  static ReplaySpan of(EventLogReader log, ReplayOptions options) {
    long last = last(log, options.to);
    SavedPositions.Position saved = saved(log, options.resumeName).orElse(null);
    if (saved != null) {
      return new ReplaySpan(saved.sequence(), last, false, saved);
    }
    Point from = options.from;
    return from == null
        ? new ReplaySpan(log.floorSequence(), last, true, null)
        : new ReplaySpan(first(log, from), last, false, null);
  }

  private static Optional<SavedPositions.Position> saved(
      EventLogReader log, @Nullable String name) {
    return name == null ? Optional.empty() : log.positions().find(name);
  }

  /** A number may be one that is not written yet: then there is less to do, or nothing. */
  private static long last(EventLogReader log, Point to) {
    return to instanceof Point.Sequence named
        ? Math.min(named.number(), LogEnd.of(log).lastSequence())
        : to.sequence(log);
  }

  /** A time begins with the first event at or after it. */
  private static long first(EventLogReader log, Point from) {
    if (from instanceof Point.Sequence named) {
      return named.number();
    }
    return from instanceof Point.LogTime named
        ? new Point.LogTime(named.time().minusNanos(1)).sequence(log) + 1
        : Math.max(0, from.sequence(log));
  }

  ReplaySpan from(long sequence) {
    return new ReplaySpan(sequence, last, false, position);
  }
}
