// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.peers;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/** DuckDB: its Appender into a table in memory, then COPY, all on one thread. */
public final class DuckSink implements RowSink {
  private static final String TABLE = "rows";
  private static final RowColumn[] COLUMNS = RowColumn.values();

  private final Path file;
  private final DuckDBConnection connection;
  private final DuckDBAppender appender;

  /** Will write {@code file}. */
  public DuckSink(Path file) throws SQLException {
    this.file = file;
    connection = DriverManager.getConnection("jdbc:duckdb:").unwrap(DuckDBConnection.class);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET threads = 1");
      statement.execute(createTable());
    }
    appender = connection.createAppender(DuckDBConnection.DEFAULT_SCHEMA, TABLE);
  }

  private static String createTable() {
    StringBuilder sql = new StringBuilder("CREATE TABLE " + TABLE + " (");
    for (RowColumn column : COLUMNS) {
      String type =
          switch (column.kind()) {
            case LONG -> " BIGINT";
            case DOUBLE -> " DOUBLE";
            case TEXT -> " VARCHAR";
          };
      sql.append(column.index() == 0 ? "" : ", ").append(column.column()).append(type);
      sql.append(column.required() ? " NOT NULL" : "");
    }
    return sql.append(')').toString();
  }

  @Override
  public void add(RowBlock block) throws SQLException {
    for (int row = 0; row < block.rows(); row++) {
      appender.beginRow();
      for (RowColumn column : COLUMNS) {
        append(block, column, row);
      }
      appender.endRow();
    }
  }

  private void append(RowBlock block, RowColumn column, int row) throws SQLException {
    if (block.isMissing(column, row)) {
      appender.appendNull();
      return;
    }
    switch (column.kind()) {
      case LONG -> appender.append(block.longAt(column, row));
      case DOUBLE -> appender.append(block.doubleAt(column, row));
      case TEXT -> appender.append(RowBlock.BACKENDS.get(block.backendAt(row)));
    }
  }

  @Override
  public void finish() throws SQLException {
    appender.close();
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "COPY "
              + TABLE
              + " TO '"
              + file.toString().replace("'", "''")
              + "' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)");
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
