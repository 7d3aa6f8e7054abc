// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Asks DuckDB about a table, as a user would: by the plain glob of its directory. */
public final class TableQueries {
  private TableQueries() {}

  /**
   * The rows of an answer, their values as text separated by {@code |}.
   *
   * @param sql with {@code $t} where the table goes
   */
  public static List<String> ask(Path table, String sql) {
    String from = "read_parquet('" + table.toString().replace("'", "''") + "/*.parquet')";
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql.replace("$t", from))) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= columns; i++) {
          row.append(i == 1 ? "" : "|").append(result.getString(i));
        }
        rows.add(row.toString());
      }
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
    return rows;
  }

  /** The only value of an answer, as a number. */
  public static long number(Path table, String sql) {
    return Long.parseLong(ask(table, sql).get(0));
  }
}
