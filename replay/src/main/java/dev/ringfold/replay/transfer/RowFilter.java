// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import dev.ringfold.event.MetricsLogged;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which rows are wanted.
 *
 * @param runs only these runs; empty for all
 * @param kind only rows of this kind; null for both
 * @param fromSequence first sequence
 * @param toSequence last sequence
 * @param fromNanos earliest event time, nanoseconds since 1970
 * @param toNanos latest event time
 */
public record RowFilter(
    Set<String> runs,
    MetricsLogged.@Nullable Kind kind,
    long fromSequence,
    long toSequence,
    long fromNanos,
    long toNanos) {
  /** Every row. */
  public static final RowFilter ALL =
      new RowFilter(Set.of(), null, 0, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE);

  /** Every row of these runs, or of all when none is named. */
  public static RowFilter ofRuns(Collection<String> runs) {
    return new RowFilter(Set.copyOf(runs), null, 0, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /** Copies the runs. */
  public RowFilter {
    runs = Set.copyOf(runs);
  }

  /** Whether the row is wanted. */
  public boolean accepts(MetricRow row) {
    return row.sequence() >= fromSequence
        && row.sequence() <= toSequence
        && row.eventTimeNanos() >= fromNanos
        && row.eventTimeNanos() <= toNanos
        && (kind == null || row.kind() == kind)
        && (runs.isEmpty() || runs.contains(row.run()));
  }
}
