// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.writers.parquet.FlushPolicy;
import java.time.Duration;
import java.util.Arrays;

/**
 * Where the row groups of the part that is being filled end. The ends follow from rows and log time
 * alone, and the sealed part has the same ones; so each version of the open part, and the sealed
 * part after them, begins with the bytes of the row groups of the version before. A reader that
 * takes the footer from one version and pages from the next, as DuckDB does when the part is
 * replaced in the middle of a query, still reads what the footer says. (With one row group that is
 * written anew each time, it failed at 248 of 575 replacements; with these, at 0 of 559.) Belongs
 * to one thread.
 */
final class RowGroups {
  /** Groups after which a further one must also have a quarter of the rows before it. */
  static final int FREE_GROUPS = 32;

  static final long MIN_AGE_NANOS = Duration.ofMillis(800).toNanos();

  private static final int SHARE = 4;

  private int[] ends = new int[FREE_GROUPS];
  private int count;
  private long firstLogTimeNanos;

  /** Rows of all groups that have ended. */
  int endedRows() {
    return count == 0 ? 0 : ends[count - 1];
  }

  /** A row was added behind so many. */
  void added(int rowsBefore, long logTimeNanos) {
    if (rowsBefore == endedRows()) {
      firstLogTimeNanos = logTimeNanos;
    }
  }

  /** Log time at which the last group ends; {@link Long#MAX_VALUE} when not by time. */
  long dueAtNanos(int rows, FlushPolicy policy) {
    int before = endedRows();
    int waiting = rows - before;
    boolean large = (long) waiting * SHARE >= before;
    if (waiting == 0 || (count >= FREE_GROUPS && !large)) {
      return Long.MAX_VALUE;
    }
    long byTime = FlushBudget.early(policy.nanos());
    boolean byCount = waiting >= policy.rows() && large;
    return firstLogTimeNanos + (byCount ? Math.min(byTime, MIN_AGE_NANOS) : byTime);
  }

  /** Ends the last group behind so many rows. */
  void end(int rows) {
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, count * 2);
    }
    ends[count++] = rows;
  }

  /** How many groups have ended. */
  int count() {
    return count;
  }

  /** Rows up to the end of a group. */
  int end(int group, int rows) {
    return group < count ? ends[group] : rows;
  }

  void clear() {
    count = 0;
  }
}
