// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.query;

import java.nio.file.Path;
import java.util.List;

/**
 * A view over the files of a table.
 *
 * @param name of the view
 * @param files to read, each complete for itself; a later one may have more columns
 * @param columns of the view when there is no file
 */
public record TableView(String name, List<Path> files, List<Column> columns) {
  /** Copies the lists. */
  public TableView {
    files = List.copyOf(files);
    columns = List.copyOf(columns);
  }

  /** A column and its type in SQL. */
  public record Column(String name, String type) {}

  /** The statement that makes the view. */
  String sql() {
    StringBuilder sql = new StringBuilder("CREATE VIEW ").append(identifier(name)).append(" AS ");
    if (!files.isEmpty()) {
      sql.append("SELECT * FROM read_parquet([");
      for (int i = 0; i < files.size(); i++) {
        sql.append(i == 0 ? "" : ", ").append(text(files.get(i).toString()));
      }
      return sql.append("], union_by_name = true, hive_partitioning = false)").toString();
    }
    sql.append("SELECT ");
    for (int i = 0; i < columns.size(); i++) {
      sql.append(i == 0 ? "" : ", ").append("NULL::").append(columns.get(i).type());
      sql.append(" AS ").append(identifier(columns.get(i).name()));
    }
    return sql.append(" WHERE false").toString();
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
