// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** The rows of the metric table as DuckDB gives them out, to be compared with the journal's. */
final class TableRows {
  private static final Set<String> SYSTEM_COLUMNS =
      Set.of("seq", "run_id", "attempt", "kind", "ts", "epoch", "step", "timestamp");
  private static final int MAX_PROBLEMS = 20;

  private final TreeMap<Long, JournalRows.Row> rows = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();
  private long twice;

  private TableRows() {}

  /** Reads all rows of the view {@code metrics}. */
  static TableRows read(Duck duck) throws SQLException {
    TableRows found = new TableRows();
    duck.each("select * from metrics order by seq", found::take);
    return found;
  }

  private void take(ResultSet row) throws SQLException {
    Map<String, Object> values = new TreeMap<>();
    for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
      String name = row.getMetaData().getColumnLabel(column);
      Object value = row.getObject(column);
      if (value != null && !SYSTEM_COLUMNS.contains(name)) {
        values.put(name, value);
      }
    }
    long sequence = row.getLong("seq");
    JournalRows.Row before =
        rows.put(
            sequence,
            new JournalRows.Row(
                row.getString("run_id"),
                row.getInt("attempt"),
                row.getString("kind"),
                row.getLong("epoch"),
                row.getLong("step"),
                values));
    if (before != null) {
      twice++;
      problem("sequence " + sequence + " is in the table twice");
    }
  }

  /**
   * Compares with the journal, row by row and value by value, bit by bit.
   *
   * @return rows of the journal that the table does not have
   */
  long compare(JournalRows journal) {
    long missing = 0;
    for (Map.Entry<Long, JournalRows.Row> entry : journal.rows().entrySet()) {
      JournalRows.Row row = rows.get(entry.getKey());
      if (row == null) {
        missing++;
        problem("event " + entry.getKey() + " is in the journal and not in the table");
      } else if (!row.equals(entry.getValue())) {
        problem("event " + entry.getKey() + " is " + entry.getValue() + " but in the table " + row);
      }
    }
    for (Long sequence : rows.keySet()) {
      if (!journal.rows().containsKey(sequence)) {
        problem("the table has a row of sequence " + sequence + ", which the journal does not");
      }
    }
    return missing;
  }

  private void problem(String text) {
    if (problems.size() < MAX_PROBLEMS) {
      problems.add(text);
    }
  }

  /** Rows by sequence. */
  NavigableMap<Long, JournalRows.Row> rows() {
    return rows;
  }

  /** Rows that are there more than once. */
  long twice() {
    return twice;
  }

  /** What is wrong, at most {@value #MAX_PROBLEMS} lines. */
  List<String> problems() {
    return List.copyOf(problems);
  }
}
