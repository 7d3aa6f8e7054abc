// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * DuckDB in memory, with the views of a store's outputs. It reads the Parquet files as anybody
 * would and knows nothing of Ringfold. Used by one thread.
 */
public final class Duck implements AutoCloseable {
  private final Connection connection;

  private Duck(Connection connection) {
    this.connection = connection;
  }

  /** An empty one. */
  public static Duck open() throws SQLException {
    return new Duck(DriverManager.getConnection("jdbc:duckdb:"));
  }

  /** Runs a file of statements, as {@code metrics.sql}. */
  public void run(Path script) throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(Files.readString(script));
    }
  }

  /** Runs a statement that has no answer. */
  public void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Asks for the one value of one row. */
  public long number(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      if (!rows.next()) {
        throw new SQLException("no answer to " + sql);
      }
      return rows.getLong(1);
    }
  }

  /** Gets the rows one by one. */
  interface Rows {
    void row(ResultSet row) throws SQLException;
  }

  /** Asks, and hands over each row. */
  void each(String sql, Rows target) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        target.row(rows);
      }
    }
  }

  /** Asks, and draws the answer as a table. */
  public List<String> table(String sql) throws SQLException {
    List<List<String>> cells = new ArrayList<>();
    boolean[] numeric;
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      int columns = rows.getMetaData().getColumnCount();
      numeric = new boolean[columns];
      List<String> head = new ArrayList<>();
      for (int column = 1; column <= columns; column++) {
        head.add(rows.getMetaData().getColumnLabel(column));
        numeric[column - 1] = !rows.getMetaData().getColumnTypeName(column).equals("VARCHAR");
      }
      cells.add(head);
      while (rows.next()) {
        List<String> row = new ArrayList<>();
        for (int column = 1; column <= columns; column++) {
          String value = rows.getString(column);
          row.add(value == null ? "" : value);
        }
        cells.add(row);
      }
    }
    return TextTable.draw(cells, numeric);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
