// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.query;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * A DuckDB in memory that sees the tables of a store and nothing else: it opens no other file,
 * loads no extension, and writes nothing. One thread.
 */
public final class TableSession implements AutoCloseable {
  /** The view of the newest attempt of each step. */
  public static final String LATEST =
      "CREATE VIEW latest AS SELECT * FROM metrics QUALIFY row_number() OVER (PARTITION BY run_id,"
          + " kind, epoch, step ORDER BY attempt DESC, seq DESC) = 1";

  private static final String METRICS = "metrics";

  private final Connection connection;
  private final PlainPaths paths = new PlainPaths();

  private TableSession(Connection connection) {
    this.connection = connection;
  }

  /**
   * Opens a session with these views; with one called {@code metrics}, there is also {@code
   * latest}.
   *
   * @throws QueryFailedException when DuckDB is not on the class path, or cannot read a file
   */
  public static TableSession open(List<TableView> views, QueryLimits limits) {
    Connection connection;
    try {
      connection = DriverManager.getConnection("jdbc:duckdb:", new Properties());
    } catch (SQLException e) {
      throw new QueryFailedException(
          "DuckDB cannot be started: " + e.getMessage() + ". Is duckdb_jdbc on the class path?", e);
    }
    TableSession session = new TableSession(connection);
    try {
      List<TableView> plain = views.stream().map(session.paths::plain).toList();
      session.limit(limits);
      session.allow(plain);
      for (TableView view : plain) {
        session.execute(view.sql());
        if (view.name().equals(METRICS)) {
          session.execute(LATEST);
        }
      }
      return session;
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /** Takes a result. */
  public interface Rows {
    /** Takes the names and types of the columns; called once, first. */
    void begin(List<String> names, List<String> types);

    /**
     * Takes a row.
     *
     * @return false when no more are wanted
     */
    boolean row(List<Object> values);
  }

  /**
   * Runs one statement that reads. A value that is absent is {@link #NULL}.
   *
   * @throws QueryFailedException when it is not one, or fails
   */
  public void query(String sql, Rows rows) {
    String checked = ReadingStatement.of(sql);
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(checked)) {
      ResultSetMetaData columns = result.getMetaData();
      List<String> names = new ArrayList<>();
      List<String> types = new ArrayList<>();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        names.add(columns.getColumnLabel(i));
        types.add(columns.getColumnTypeName(i));
      }
      rows.begin(names, types);
      boolean more = true;
      while (more && result.next()) {
        List<Object> values = new ArrayList<>(names.size());
        for (int i = 1; i <= names.size(); i++) {
          values.add(value(result, i));
        }
        more = rows.row(values);
      }
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /** Stands for an absent value. */
  public static final Object NULL =
      new Object() {
        @Override
        public String toString() {
          return "NULL";
        }
      };

  private static Object value(ResultSet result, int column) throws SQLException {
    Object value = result.getObject(column);
    if (value == null) {
      return NULL;
    }
    boolean plain = value instanceof Number || value instanceof Boolean || value instanceof String;
    if (plain) {
      return value;
    }
    if (value instanceof Timestamp time) {
      return time.toString().replaceFirst("\\.0$", "");
    }
    // Lists, structs, bytes and other times as DuckDB writes them.
    String text = result.getString(column);
    return text == null ? NULL : text;
  }

  private void limit(QueryLimits limits) {
    execute("SET autoinstall_known_extensions = false");
    execute("SET autoload_known_extensions = false");
    execute("SET memory_limit = '" + limits.memoryBytes() + "B'");
    execute("SET threads = " + limits.threads());
    // Beyond its memory a query fails; it does not fill the disk of the training.
    execute("SET temp_directory = ''");
  }

  /** From here on DuckDB opens these files and no others, and its settings stay as they are. */
  private void allow(List<TableView> views) {
    List<String> paths = new ArrayList<>();
    for (TableView view : views) {
      for (Path file : view.allFiles()) {
        paths.add(TableView.text(file.toString()));
      }
    }
    execute("SET allowed_paths = [" + String.join(", ", paths) + "]");
    execute("SET enable_external_access = false");
    execute("SET lock_configuration = true");
  }

  private void execute(String sql) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private static QueryFailedException failed(SQLException e) {
    String message = String.valueOf(e.getMessage()).strip();
    return new QueryFailedException(message, e);
  }

  @Override
  public void close() {
    try (paths) {
      connection.close();
    } catch (SQLException e) {
      throw failed(e);
    }
  }
}
