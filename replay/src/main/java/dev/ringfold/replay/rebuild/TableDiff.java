// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.rebuild;

import dev.ringfold.projections.Projection;
import dev.ringfold.replay.query.QueryLimits;
import dev.ringfold.replay.query.StoreTables;
import dev.ringfold.replay.query.TableSession;
import dev.ringfold.replay.rebuild.RebuildDiff.Change;
import dev.ringfold.replay.rebuild.RebuildDiff.Changed;
import dev.ringfold.replay.rebuild.RebuildDiff.Report;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.MetricTable.ColumnSummary;
import dev.ringfold.writers.parquet.MetricTable.Part;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * The rows that are not the same in two tables, found by DuckDB in the parts that are not the same:
 * a part whose rows have the hash of one in the other table is left out. One thread.
 */
final class TableDiff {
  private static final String KEY = "seq";

  private final MetricTable before;
  private final MetricTable after;
  private final int most;
  private final List<String> columns = new ArrayList<>();
  private final List<String> added = new ArrayList<>();
  private final List<String> removed = new ArrayList<>();

  TableDiff(MetricTable before, MetricTable after, int most) {
    this.before = before;
    this.after = after;
    this.most = most;
    Map<String, String> old = new HashMap<>();
    before.columns().forEach(column -> old.put(column.name(), column.type()));
    for (ColumnSummary column : after.columns()) {
      String type = old.remove(column.name());
      if (type == null) {
        added.add(column.name() + " " + column.type());
      } else if (type.equals(column.type())) {
        columns.add(column.name());
      } else {
        removed.add(column.name() + " " + type);
        added.add(column.name() + " " + column.type());
      }
    }
    for (ColumnSummary column : before.columns()) {
      if (old.containsKey(column.name())) {
        removed.add(column.name() + " " + column.type());
      }
    }
  }

  Report run(Projection projection, int oldVersion) {
    List<Path> oldFiles = new ArrayList<>();
    List<Path> newFiles = new ArrayList<>();
    different(oldFiles, newFiles);
    Map<Change, Long> counts = new EnumMap<>(Change.class);
    List<Changed> first = new ArrayList<>();
    if (columns.contains(KEY) && oldFiles.size() + newFiles.size() > 0) {
      try (TableSession session =
          TableSession.open(
              List.of(
                  StoreTables.view("old", before, oldFiles),
                  StoreTables.view("new", after, newFiles)),
              QueryLimits.DEFAULT)) {
        count(session, counts);
        rows(session, first);
      }
    }
    return new Report(
        projection.name(),
        oldVersion,
        projection.version(),
        before.sequence(),
        "rows",
        counts.getOrDefault(Change.ADDED, 0L),
        counts.getOrDefault(Change.REMOVED, 0L),
        counts.getOrDefault(Change.CHANGED, 0L),
        added,
        removed,
        first);
  }

  /** Leaves out pairs of parts with the same rows. */
  private void different(List<Path> oldFiles, List<Path> newFiles) {
    Map<String, Integer> same = new HashMap<>();
    before.parts().forEach(part -> same.merge(part.rows() + part.rowHash(), 1, Integer::sum));
    Map<String, Integer> matched = new HashMap<>();
    for (Part part : after.parts()) {
      String rows = part.rows() + part.rowHash();
      if (same.getOrDefault(rows, 0) > 0) {
        same.merge(rows, -1, Integer::sum);
        matched.merge(rows, 1, Integer::sum);
      } else {
        newFiles.add(part.file());
      }
    }
    newFiles.addAll(after.openParts()); // The other version may cut elsewhere.
    for (Part part : before.parts()) {
      String rows = part.rows() + part.rowHash();
      if (matched.getOrDefault(rows, 0) > 0) {
        matched.merge(rows, -1, Integer::sum);
      } else {
        oldFiles.add(part.file());
      }
    }
  }

  private String both() {
    StringJoiner names = new StringJoiner(", ");
    columns.forEach(column -> names.add(identifier(column)));
    return "WITH a AS (SELECT "
        + names
        + " FROM \"new\" EXCEPT ALL SELECT "
        + names
        + " FROM \"old\"), b AS (SELECT "
        + names
        + " FROM \"old\" EXCEPT ALL SELECT "
        + names
        + " FROM \"new\") ";
  }

  private void count(TableSession session, Map<Change, Long> counts) {
    String sql =
        both()
            + "SELECT count(*) FILTER (WHERE b.seq IS NULL), count(*) FILTER (WHERE a.seq IS NULL),"
            + " count(*) FILTER (WHERE a.seq = b.seq) FROM a FULL JOIN b ON a.seq = b.seq";
    session.query(
        sql,
        new TableSession.Rows() {
          @Override
          public void begin(List<String> names, List<String> types) {}

          @Override
          public boolean row(List<Object> values) {
            counts.put(Change.ADDED, ((Number) values.get(0)).longValue());
            counts.put(Change.REMOVED, ((Number) values.get(1)).longValue());
            counts.put(Change.CHANGED, ((Number) values.get(2)).longValue());
            return false;
          }
        });
  }

  private void rows(TableSession session, List<Changed> first) {
    StringJoiner names = new StringJoiner(", ");
    columns.forEach(column -> names.add("b." + identifier(column)));
    columns.forEach(column -> names.add("a." + identifier(column)));
    String sql =
        both()
            + "SELECT "
            + names
            + " FROM a FULL JOIN b ON a.seq = b.seq ORDER BY coalesce(a.seq, b.seq) LIMIT "
            + most;
    session.query(
        sql,
        new TableSession.Rows() {
          @Override
          public void begin(List<String> unused, List<String> types) {}

          @Override
          public boolean row(List<Object> values) {
            first.add(changed(values));
            return true;
          }
        });
  }

  private Changed changed(List<Object> values) {
    int width = columns.size();
    List<Object> old = values.subList(0, width);
    List<Object> made = values.subList(width, 2 * width);
    int key = columns.indexOf(KEY);
    boolean isNew = old.get(key) == TableSession.NULL;
    boolean isGone = made.get(key) == TableSession.NULL;
    StringJoiner text = new StringJoiner(", ");
    for (int i = 0; i < width; i++) {
      Object left = old.get(i);
      Object right = made.get(i);
      if (i == key || left.equals(right)) {
        continue;
      }
      Object one = isNew ? right : left;
      if (isNew || isGone) {
        text.add(columns.get(i) + "=" + one);
      } else {
        text.add(columns.get(i) + ": " + left + " -> " + right);
      }
    }
    Change change = isNew ? Change.ADDED : isGone ? Change.REMOVED : Change.CHANGED;
    return new Changed(
        String.valueOf(isNew ? made.get(key) : old.get(key)), change, text.toString());
  }

  private static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
