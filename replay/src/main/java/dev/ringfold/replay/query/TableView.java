// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.query;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A view over the files of a table, perhaps as it was at a sequence.
 *
 * @param name of the view
 * @param files to read as they are, each complete for itself; a later one may have more columns
 * @param columns of the view when there is no file
 * @param cutFiles further files, of which only rows up to {@code lastSequence} count
 * @param lastSequence largest value of {@code seq} in those
 */
public record TableView(
    String name, List<Path> files, List<Column> columns, List<Path> cutFiles, long lastSequence) {
  /** Copies the lists. */
  public TableView {
    files = List.copyOf(files);
    columns = List.copyOf(columns);
    cutFiles = List.copyOf(cutFiles);
  }

  /** A view of all rows of some files. */
  public TableView(String name, List<Path> files, List<Column> columns) {
    this(name, files, columns, List.of(), Long.MAX_VALUE);
  }

  /** The files of both kinds. */
  public List<Path> allFiles() {
    List<Path> all = new ArrayList<>(files);
    all.addAll(cutFiles);
    return all;
  }

  /** A column and its type in SQL. */
  public record Column(String name, String type) {}

  /** The statement that makes the view. */
  String sql() {
    StringBuilder sql = new StringBuilder("CREATE VIEW ").append(identifier(name)).append(" AS ");
    if (!files.isEmpty()) {
      sql.append(read(files));
    }
    if (!cutFiles.isEmpty()) {
      sql.append(files.isEmpty() ? "" : " UNION ALL BY NAME ");
      sql.append(read(cutFiles)).append(" WHERE seq <= ").append(lastSequence);
    }
    if (!allFiles().isEmpty()) {
      return sql.toString();
    }
    sql.append("SELECT ");
    for (int i = 0; i < columns.size(); i++) {
      sql.append(i == 0 ? "" : ", ").append("NULL::").append(columns.get(i).type());
      sql.append(" AS ").append(identifier(columns.get(i).name()));
    }
    return sql.append(" WHERE false").toString();
  }

  private static String read(List<Path> files) {
    StringBuilder sql = new StringBuilder("SELECT * FROM read_parquet([");
    for (int i = 0; i < files.size(); i++) {
      sql.append(i == 0 ? "" : ", ").append(text(files.get(i).toString()));
    }
    return sql.append("], union_by_name = true, hive_partitioning = false)").toString();
  }

  /** A text in SQL. */
  static String text(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /** A name in SQL. */
  static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
