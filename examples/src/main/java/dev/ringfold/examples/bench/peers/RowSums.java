// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.peers;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/**
 * What many rows come to, column by column: how many values, their sum, their sum weighted with the
 * row's step, smallest and largest. The weight shows a value in a wrong row. Computed here from the
 * blocks, by DuckDB from the files, and compared. Used by one thread.
 */
public final class RowSums {
  private static final long WEIGHTS = 1_009;
  private static final double TOLERANCE = 1e-9;

  /** A table of the log has its time from nanoseconds, which differ in the last bit. */
  private static final double NEAR = 1e-15;

  private static final RowColumn[] COLUMNS = RowColumn.values();

  private final Sum[] sums = new Sum[COLUMNS.length];
  private final boolean sequences;
  private long rows;

  /**
   * Of no rows.
   *
   * @param sequences whether the column {@code seq} is the row's number; in a table of the log it
   *     is not, and only that every row has another one is checked
   */
  public RowSums(boolean sequences) {
    this.sequences = sequences;
    for (int i = 0; i < sums.length; i++) {
      sums[i] = new Sum();
    }
  }

  private static final class Sum {
    private long count;
    private double sum;
    private double weighted;
    private double absolute;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;

    private void add(double value, double weight) {
      count++;
      sum += value;
      weighted += value * weight;
      absolute += Math.abs(value);
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
  }

  /** Adds the rows of a block. */
  public void add(RowBlock block) {
    add(block, block.rows());
  }

  private void add(RowBlock block, int count) {
    rows += count;
    for (RowColumn column : COLUMNS) {
      Sum sum = sums[column.index()];
      for (int row = 0; row < count; row++) {
        if (!block.isMissing(column, row)) {
          double weight = (double) (block.longAt(RowColumn.STEP, row) % WEIGHTS);
          sum.add(number(block, column, row), weight);
        }
      }
    }
  }

  private static double number(RowBlock block, RowColumn column, int row) {
    return switch (column.kind()) {
      case LONG -> (double) block.longAt(column, row);
      case DOUBLE -> block.doubleAt(column, row);
      case TEXT -> RowBlock.BACKENDS.get(block.backendAt(row)).length();
    };
  }

  /** Adds {@code count} rows from this number on that are the block's again and again. */
  public void addRenumbered(RowBlock block, long firstNumber, long count) {
    long last = firstNumber + count;
    for (long at = firstNumber; at < last; at += block.rows()) {
      int rowsNow = (int) Math.min(block.rows(), last - at);
      for (int i = 0; i < rowsNow; i++) {
        block.renumber(i, at + i);
      }
      add(block, rowsNow);
    }
  }

  /** How many rows. */
  public long rows() {
    return rows;
  }

  /**
   * Asks DuckDB what the rows of a table come to.
   *
   * @param source an expression for FROM
   * @throws IllegalStateException naming the first difference
   */
  public void check(Connection connection, String source) throws SQLException {
    StringBuilder sql = new StringBuilder("SELECT count(*), count(DISTINCT seq)");
    for (RowColumn column : COLUMNS) {
      String value =
          column.kind() == RowColumn.Kind.TEXT
              ? "length(" + column.column() + ")"
              : column.column();
      sql.append(
          String.format(
              Locale.ROOT,
              ", count(%1$s), sum(%1$s)::DOUBLE, sum(%1$s::DOUBLE * (step %% %2$d))::DOUBLE,"
                  + " min(%1$s)::DOUBLE, max(%1$s)::DOUBLE",
              value,
              WEIGHTS));
    }
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql + " FROM " + source)) {
      result.next();
      compare(result);
    }
  }

  private void compare(ResultSet result) throws SQLException {
    expect("rows", rows, result.getLong(1));
    expect("different seq", rows, result.getLong(2));
    int at = 3;
    for (RowColumn column : COLUMNS) {
      Sum sum = sums[column.index()];
      if (column != RowColumn.SEQ || sequences) {
        expect("values of " + column.column(), sum.count, result.getLong(at));
        if (sum.count > 0) {
          double allowed = sum.absolute * TOLERANCE;
          expect("sum of " + column.column(), sum.sum, result.getDouble(at + 1), allowed);
          expect(
              "weighted sum of " + column.column(),
              sum.weighted,
              result.getDouble(at + 2),
              allowed * WEIGHTS);
          double near = Math.max(Math.abs(sum.min), Math.abs(sum.max)) * NEAR;
          expect("smallest " + column.column(), sum.min, result.getDouble(at + 3), near);
          expect("largest " + column.column(), sum.max, result.getDouble(at + 4), near);
        }
      }
      at += 5;
    }
  }

  private static void expect(String what, long expected, long found) {
    if (expected != found) {
      throw new IllegalStateException(what + ": expected " + expected + " but found " + found);
    }
  }

  private static void expect(String what, double expected, double found, double allowed) {
    if (!(Math.abs(expected - found) <= allowed)) {
      throw new IllegalStateException(what + ": expected " + expected + " but found " + found);
    }
  }
}
