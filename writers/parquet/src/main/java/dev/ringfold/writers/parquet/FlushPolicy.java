// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import java.time.Duration;

/**
 * When rows that are not sealed yet become visible: after so many of them or so long, whichever
 * comes first. Both only ask; how often the open part may be written is limited by {@link
 * TableOptions}.
 *
 * @param rows waiting rows that ask for a flush, 1 to {@link TableOptions#MAX_PART_ROWS}
 * @param nanos how long a row may wait, 0.1 s to 1 h
 */
public record FlushPolicy(int rows, long nanos) {
  // Before the presets, which are checked.
  private static final long MIN_NANOS = Duration.ofMillis(100).toNanos();
  private static final long MAX_NANOS = Duration.ofHours(1).toNanos();

  /** 100 rows or 10 seconds. */
  public static final FlushPolicy DEFAULT = of(100, Duration.ofSeconds(10));

  /** 10 rows or 1 second; parts are small, so compact such a table now and then. */
  public static final FlushPolicy LOW_LATENCY = of(10, Duration.ofSeconds(1));

  /** 1,000 rows or 60 seconds. */
  public static final FlushPolicy THROUGHPUT = of(1_000, Duration.ofSeconds(60));

  /** Checks the ranges. */
  public FlushPolicy {
    if (rows < 1 || rows > TableOptions.MAX_PART_ROWS) {
      throw new IllegalArgumentException(
          "rows must be 1 to " + TableOptions.MAX_PART_ROWS + " but was " + rows);
    }
    if (nanos < MIN_NANOS || nanos > MAX_NANOS) {
      throw new IllegalArgumentException(
          "nanos must be " + MIN_NANOS + " to " + MAX_NANOS + " but was " + nanos);
    }
  }

  /** A policy of rows and a duration. */
  public static FlushPolicy of(int rows, Duration interval) {
    return new FlushPolicy(rows, interval.toNanos());
  }
}
