// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.compare;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What differs between two tables whose rows are known by their sequence.
 *
 * @param table its name
 * @param rowsBefore how many rows the first one has
 * @param rowsAfter how many the second one has
 * @param removed rows that only the first one has
 * @param added rows that only the second one has
 * @param changed rows that both have with other values
 * @param first the first of those rows, by sequence; at most {@link TableDiff#MAX_LISTED}
 * @param totals of the groups that these rows belong to, as far as they differ
 */
public record TableChanges(
    String table,
    long rowsBefore,
    long rowsAfter,
    long removed,
    long added,
    long changed,
    List<Row> first,
    List<Total> totals) {
  /** Copies the lists. */
  public TableChanges {
    first = List.copyOf(first);
    totals = List.copyOf(totals);
  }

  /** What became of a row. */
  public enum Kind {
    /** Only the first table has it. */
    REMOVED,
    /** Only the second one has it. */
    ADDED,
    /** Both have it. */
    CHANGED;

    /** The word for people and JSON. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A row that differs.
   *
   * @param sequence its key
   * @param kind what became of it
   * @param group what it belongs to, such as {@code run-1, attempt 0, step}
   * @param cells all cells of a row that only one table has, else those that differ
   */
  public record Row(long sequence, Kind kind, String group, List<Cell> cells) {
    /** Copies the list. */
    public Row {
      cells = List.copyOf(cells);
    }
  }

  /**
   * A value that differs.
   *
   * @param column its column
   * @param before in the first table; null for none
   * @param after in the second one; null for none
   */
  public record Cell(String column, @Nullable Object before, @Nullable Object after) {}

  /**
   * What a column of numbers adds up to in a group of rows.
   *
   * @param group what the rows belong to
   * @param column the column
   * @param before of the first table
   * @param after of the second one
   */
  public record Total(String group, String column, Numbers before, Numbers after) {}

  /**
   * Some numbers together; those that are NaN are counted and nothing else.
   *
   * @param count how many
   * @param sum of them
   * @param least the smallest, NaN without any
   * @param greatest the largest, NaN without any
   */
  public record Numbers(long count, double sum, double least, double greatest) {
    /** None. */
    public static final Numbers NONE = new Numbers(0, 0, Double.NaN, Double.NaN);

    /** The mean, NaN without any. */
    public double mean() {
      return count == 0 ? Double.NaN : sum / count;
    }

    /** With one more. */
    Numbers plus(double value) {
      if (Double.isNaN(value)) {
        return new Numbers(count + 1, sum, least, greatest);
      }
      return new Numbers(
          count + 1,
          sum + value,
          Double.isNaN(least) ? value : Math.min(least, value),
          Double.isNaN(greatest) ? value : Math.max(greatest, value));
    }
  }

  /** Whether both are the same. */
  public boolean isEmpty() {
    return differences() == 0;
  }

  /** How many rows differ. */
  public long differences() {
    return removed + added + changed;
  }
}
