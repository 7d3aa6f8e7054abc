// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** DuckDB as a reader that knows nothing of Ringfold. */
final class Duck implements AutoCloseable {
  private final Connection connection;

  Duck() throws SQLException {
    connection = DriverManager.getConnection("jdbc:duckdb:");
    run("SET autoinstall_known_extensions=false");
  }

  /** All files of a table, as everybody names them. */
  static String glob(Path table) {
    return "read_parquet('" + table + "/*.parquet')";
  }

  /** As {@link #glob}, with partitions. */
  static String deepGlob(Path table) {
    return "read_parquet('" + table + "/**/*.parquet')";
  }

  void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  List<List<Object>> rows(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      int width = result.getMetaData().getColumnCount();
      List<List<Object>> rows = new ArrayList<>();
      while (result.next()) {
        List<Object> row = new ArrayList<>();
        for (int i = 1; i <= width; i++) {
          row.add(result.getObject(i));
        }
        rows.add(row);
      }
      return rows;
    }
  }

  List<Object> row(String sql) throws SQLException {
    List<List<Object>> rows = rows(sql);
    if (rows.size() != 1) {
      throw new AssertionError("expected one row, found " + rows.size() + ": " + sql);
    }
    return rows.get(0);
  }

  long number(String sql) throws SQLException {
    return ((Number) row(sql).get(0)).longValue();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
