// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.writers.parquet.FlushPolicy;
import java.time.Duration;

/**
 * When the open part may be written. Asked for by each row group that ends; limited in three ways:
 *
 * <ul>
 *   <li>at most about once a second,
 *   <li>at most 5 % of a core: a flush that took c of CPU uses up what is given in 20 c. Half a
 *       second of CPU can be saved, and is there at the start, when the code is not compiled,
 *   <li>at most 10 bytes written per byte sealed, counting what waits as sealed.
 * </ul>
 *
 * Belongs to one thread.
 */
final class FlushBudget {
  /** Part of a second a flush is begun early, so that the rows are visible in time. */
  private static final double EARLY = 0.2;

  static final long MIN_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();
  static final long CPU_FACTOR = 20;
  static final long SAVED_CPU_NANOS_MAX = Duration.ofMillis(500).toNanos();
  static final long BYTES_PER_SEALED_BYTE = 10;

  /** A part's footer and page headers, and a row, before anything was measured. */
  private static final long FIRST_PART_BYTES = 8_192;

  private static final long FIRST_ROW_BYTES = 64;

  private final TableClocks clocks;
  private FlushPolicy policy;
  private int visibleRows;
  private long visibleBytes;
  private boolean waiting;
  private long notBeforeNanos;
  private long savedCpuNanos = SAVED_CPU_NANOS_MAX;
  private long savedAtNanos;
  private long sealedBytes;
  private long flushedBytes;

  FlushBudget(TableClocks clocks, FlushPolicy policy) {
    this.clocks = clocks;
    this.policy = policy;
    this.notBeforeNanos = clocks.nanos().getAsLong();
    this.savedAtNanos = notBeforeNanos;
  }

  void policy(FlushPolicy newPolicy) {
    policy = newPolicy;
  }

  /** A row group has ended. */
  void added() {
    waiting = true;
  }

  /** Whether the open part should be written now, when it would have so many rows. */
  boolean isDue(int rows) {
    if (!waiting) {
      return false;
    }
    long now = clocks.nanos().getAsLong();
    if (now - notBeforeNanos < 0 || savedCpuNanos(now) < 0) {
      return false;
    }
    long bytes = estimate(rows);
    return flushedBytes + bytes <= BYTES_PER_SEALED_BYTE * (sealedBytes + bytes);
  }

  /** The open part was written. */
  void flushed(int rows, long bytes, long beganNanos, long cpuNanos) {
    visibleRows = rows;
    visibleBytes = bytes;
    flushedBytes += bytes;
    waiting = false;
    long interval = Math.min(MIN_INTERVAL_NANOS, early(policy.nanos()));
    notBeforeNanos = beganNanos + interval;
    savedCpuNanos = savedCpuNanos(beganNanos) - cpuNanos;
    savedAtNanos = beganNanos;
  }

  private long savedCpuNanos(long now) {
    long more = Math.max(0, now - savedAtNanos) / CPU_FACTOR;
    return Math.min(SAVED_CPU_NANOS_MAX, savedCpuNanos + more);
  }

  /** All rows were sealed. */
  void sealed(long bytes) {
    sealedBytes += bytes;
    visibleRows = 0;
    visibleBytes = 0;
    waiting = false;
  }

  /** Rows that the open part shows. */
  int visibleRows() {
    return visibleRows;
  }

  long flushedBytes() {
    return flushedBytes;
  }

  long sealedBytes() {
    return sealedBytes;
  }

  private long estimate(int rows) {
    if (visibleRows == 0) {
      return FIRST_PART_BYTES + rows * FIRST_ROW_BYTES;
    }
    long rowBytes = Math.max(0, visibleBytes - FIRST_PART_BYTES) / visibleRows;
    return visibleBytes + (rows - visibleRows) * Math.max(1, rowBytes);
  }

  /** When to begin what has to be visible after so long. */
  static long early(long nanos) {
    return nanos - (long) (Math.min(nanos, MIN_INTERVAL_NANOS) * EARLY);
  }
}
