// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The second engine of the tests; nothing is fetched from anywhere. */
final class DuckDb implements AutoCloseable {
  private final Connection connection;

  DuckDb() throws SQLException {
    connection = DriverManager.getConnection("jdbc:duckdb:");
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET autoinstall_known_extensions=false");
      statement.execute("SET autoload_known_extensions=false");
      statement.execute("SET threads=1");
    }
  }

  static String table(Path file) {
    return "read_parquet('" + file.toString().replace("'", "''") + "')";
  }

  /** The first column of the first row as a long. */
  long number(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    }
  }

  /** The first column of the first row as text. */
  String text(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }

  /** How many rows are in one file and not in the other one. */
  long differences(Path one, Path other) throws SQLException {
    String a = "select * from " + table(one);
    String b = "select * from " + table(other);
    return number("select count(*) from ((" + a + ") except all (" + b + "))")
        + number("select count(*) from ((" + b + ") except all (" + a + "))");
  }

  /** The first cell that differs from the batch, bit by bit, in the order of the file; or null. */
  String firstDifference(Path file, ColumnBatch batch) throws SQLException {
    TableSchema schema = batch.schema();
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery("select * from " + table(file) + " order by seq")) {
      if (result.getMetaData().getColumnCount() != schema.size()) {
        return result.getMetaData().getColumnCount() + " columns";
      }
      for (int row = 0; row < batch.rows(); row++) {
        if (!result.next()) {
          return "only " + row + " rows";
        }
        for (int i = 0; i < schema.size(); i++) {
          Object found = result.getObject(i + 1);
          if (!same(found, batch.valueAt(row, i))) {
            return "row " + row + " " + schema.column(i) + ": " + found;
          }
        }
      }
      return result.next() ? "more rows" : null;
    }
  }

  /** DuckDB keeps the sign of a zero but has one NaN. */
  private static boolean same(Object found, Object expected) {
    return found == null ? expected == null : found.equals(expected);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
