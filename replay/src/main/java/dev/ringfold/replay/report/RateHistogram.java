// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.report;

import java.util.Map;
import java.util.TreeMap;

/**
 * Counts rows in columns of time of one width. When there are too many columns, the width doubles.
 * Times may come in any order. Not thread-safe.
 */
final class RateHistogram {
  static final int MAX_COLUMNS = 600;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final long FIRST_WIDTH_NANOS = 100_000_000L;

  private final TreeMap<Long, Long> counts = new TreeMap<>();
  private long widthNanos = FIRST_WIDTH_NANOS;

  void add(long nanos) {
    counts.merge(Math.floorDiv(nanos, widthNanos), 1L, Long::sum);
    while (counts.size() > MAX_COLUMNS) {
      widen();
    }
  }

  Report.Rate rate() {
    // Rows hours apart in columns of a tenth of a second could not be seen.
    while (!counts.isEmpty() && counts.lastKey() - counts.firstKey() > 2 * MAX_COLUMNS) {
      widen();
    }
    double[] begin = new double[counts.size()];
    double[] perSecond = new double[counts.size()];
    int place = 0;
    for (Map.Entry<Long, Long> column : counts.entrySet()) {
      begin[place] = column.getKey() * widthNanos / NANOS_PER_SECOND;
      perSecond[place++] = column.getValue() * NANOS_PER_SECOND / widthNanos;
    }
    return new Report.Rate(widthNanos / NANOS_PER_SECOND, begin, perSecond);
  }

  private void widen() {
    TreeMap<Long, Long> wider = new TreeMap<>();
    counts.forEach((column, count) -> wider.merge(Math.floorDiv(column, 2L), count, Long::sum));
    counts.clear();
    counts.putAll(wider);
    widthNanos *= 2;
  }
}
