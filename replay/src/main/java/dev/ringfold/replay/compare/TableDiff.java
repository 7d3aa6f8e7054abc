// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.compare;

import dev.ringfold.RingfoldException;
import dev.ringfold.writers.parquet.MetricTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Compares two tables row by row by their sequence, and what numbers add up to in the groups in
 * which they differ. Memory: the rows that differ. Used once, by one thread.
 */
final class TableDiff {
  /** Most rows that are listed. */
  static final int MAX_LISTED = 1_000;

  /** Most rows that one table may have and the other not. */
  static final int MAX_UNMATCHED = 100_000;

  /** Columns that tell what a row belongs to, as far as a table has them. */
  private static final List<String> GROUP =
      List.of("run_id", "session", "producer_name", "attempt", "kind");

  /** Numbers that nobody adds up. */
  private static final Set<String> NO_MEASURE =
      Set.of(
          "seq",
          "ts",
          "timestamp",
          "epoch",
          "step",
          "attempt",
          "session",
          "producer",
          "first_offer",
          "last_offer");

  private static final String SEQUENCE = "seq";

  private final String name;
  private final MetricTable before;
  private final MetricTable after;
  private final TreeMap<Long, Map<String, Object>> onlyBefore = new TreeMap<>();
  private final TreeMap<Long, Map<String, Object>> onlyAfter = new TreeMap<>();
  private final List<TableChanges.Row> changes = new ArrayList<>();
  private final Set<String> groups = new TreeSet<>();
  private long changed;
  private long rowsBefore;
  private long rowsAfter;

  private TableDiff(String name, MetricTable before, MetricTable after) {
    this.name = name;
    this.before = before;
    this.after = after;
  }

  static TableChanges of(String name, MetricTable before, MetricTable after) throws IOException {
    TableDiff diff = new TableDiff(name, before, after);
    try (SequenceRows first = new SequenceRows(before);
        SequenceRows second = new SequenceRows(after)) {
      diff.merge(first, second);
    }
    return diff.result();
  }

  private void merge(SequenceRows first, SequenceRows second) throws IOException {
    Matching matching = Matching.of(first.columns(), second.columns());
    boolean moreFirst = first.next();
    boolean moreSecond = second.next();
    while (moreFirst || moreSecond) {
      long order =
          !moreFirst ? 1 : !moreSecond ? -1 : Long.compare(first.sequence(), second.sequence());
      if (order == 0) {
        if (!matching.isSame(first, second)) {
          changed(first.sequence(), row(first), row(second));
        }
      } else if (order < 0) {
        unmatched(onlyBefore, onlyAfter, first, true);
      } else {
        unmatched(onlyAfter, onlyBefore, second, false);
      }
      if (order <= 0) {
        rowsBefore++;
        moreFirst = first.next();
      }
      if (order >= 0) {
        rowsAfter++;
        moreSecond = second.next();
      }
    }
  }

  /** A row may come out of order: one that a projection put aside and took later. */
  private void unmatched(
      Map<Long, Map<String, Object>> own,
      Map<Long, Map<String, Object>> others,
      SequenceRows rows,
      boolean isFirst) {
    Map<String, Object> mine = row(rows);
    Map<String, Object> other = others.remove(rows.sequence());
    if (other == null) {
      own.put(rows.sequence(), mine);
      if (own.size() > MAX_UNMATCHED) {
        throw new RingfoldException(
            "The tables "
                + name
                + " differ in more than "
                + MAX_UNMATCHED
                + " rows; compare a shorter range or leave out fewer events");
      }
    } else if (!mine.equals(other)) {
      changed(rows.sequence(), isFirst ? mine : other, isFirst ? other : mine);
    }
  }

  private static Map<String, Object> row(SequenceRows rows) {
    Map<String, Object> row = new LinkedHashMap<>();
    for (int i = 0; i < rows.columns().size(); i++) {
      Object value = rows.value(i);
      if (value != null) {
        row.put(rows.columns().get(i).name(), value);
      }
    }
    return row;
  }

  private void changed(long sequence, Map<String, Object> old, Map<String, Object> now) {
    changed++;
    add(sequence, TableChanges.Kind.CHANGED, old, now);
  }

  private void add(
      long sequence, TableChanges.Kind kind, Map<String, Object> old, Map<String, Object> now) {
    groups.add(group(old));
    groups.add(group(now));
    if (changes.size() >= MAX_LISTED) {
      return;
    }
    Set<String> columns = new java.util.LinkedHashSet<>(old.keySet());
    columns.addAll(now.keySet());
    List<TableChanges.Cell> cells = new ArrayList<>();
    for (String column : columns) {
      Object was = old.get(column);
      Object is = now.get(column);
      if (!column.equals(SEQUENCE) && !Objects.equals(was, is)) {
        cells.add(new TableChanges.Cell(column, was, is));
      }
    }
    Map<String, Object> named = old.isEmpty() ? now : old;
    changes.add(new TableChanges.Row(sequence, kind, group(named), cells));
  }

  private static String group(Map<String, Object> row) {
    List<String> parts = new ArrayList<>();
    for (String column : GROUP) {
      Object value = row.get(column);
      if (value != null) {
        boolean number = value instanceof Number;
        parts.add(number ? column + " " + value : value.toString());
      }
    }
    return String.join(", ", parts);
  }

  private TableChanges result() throws IOException {
    onlyBefore.forEach((key, row) -> add(key, TableChanges.Kind.REMOVED, row, Map.of()));
    onlyAfter.forEach((key, row) -> add(key, TableChanges.Kind.ADDED, Map.of(), row));
    changes.sort(Comparator.comparingLong(TableChanges.Row::sequence));
    return new TableChanges(
        name,
        rowsBefore,
        rowsAfter,
        onlyBefore.size(),
        onlyAfter.size(),
        changed,
        changes,
        groups.isEmpty() ? List.of() : totals());
  }

  private record Key(String group, String column) {}

  private List<TableChanges.Total> totals() throws IOException {
    Map<Key, TableChanges.Numbers> old = numbers(before);
    Map<Key, TableChanges.Numbers> now = numbers(after);
    Set<Key> keys = new java.util.HashSet<>(old.keySet());
    keys.addAll(now.keySet());
    List<TableChanges.Total> totals = new ArrayList<>();
    for (Key key : keys) {
      TableChanges.Numbers was = old.getOrDefault(key, TableChanges.Numbers.NONE);
      TableChanges.Numbers is = now.getOrDefault(key, TableChanges.Numbers.NONE);
      if (!was.equals(is)) {
        totals.add(new TableChanges.Total(key.group, key.column, was, is));
      }
    }
    totals.sort(
        Comparator.comparing(TableChanges.Total::group).thenComparing(TableChanges.Total::column));
    return totals;
  }

  private Map<Key, TableChanges.Numbers> numbers(MetricTable table) throws IOException {
    Map<Key, TableChanges.Numbers> numbers = new HashMap<>();
    try (SequenceRows rows = new SequenceRows(table)) {
      while (rows.next()) {
        Map<String, Object> row = row(rows);
        String group = group(row);
        if (groups.contains(group)) {
          row.forEach(adding(numbers, group));
        }
      }
    }
    return numbers;
  }

  private static BiConsumer<String, Object> adding(
      Map<Key, TableChanges.Numbers> numbers, String group) {
    return (column, value) -> {
      if (value instanceof Number number && !NO_MEASURE.contains(column)) {
        Key key = new Key(group, column);
        TableChanges.Numbers sum = numbers.getOrDefault(key, TableChanges.Numbers.NONE);
        numbers.put(key, sum.plus(number.doubleValue()));
      }
    };
  }

  /**
   * Which columns of two tables are the same by name; those that only one has may have no value.
   */
  private record Matching(int[] first, int[] second, int[] onlyFirst, int[] onlySecond) {
    static Matching of(
        List<MetricTable.ColumnSummary> first, List<MetricTable.ColumnSummary> second) {
      Map<String, Integer> places = new HashMap<>();
      for (int i = 0; i < second.size(); i++) {
        places.put(second.get(i).name(), i);
      }
      List<Integer> mine = new ArrayList<>();
      List<Integer> theirs = new ArrayList<>();
      List<Integer> alone = new ArrayList<>();
      for (int i = 0; i < first.size(); i++) {
        Integer place = places.remove(first.get(i).name());
        if (place == null) {
          alone.add(i);
        } else {
          mine.add(i);
          theirs.add(place);
        }
      }
      return new Matching(
          array(mine), array(theirs), array(alone), array(new ArrayList<>(places.values())));
    }

    private static int[] array(List<Integer> numbers) {
      return numbers.stream().mapToInt(Integer::intValue).toArray();
    }

    boolean isSame(SequenceRows mine, SequenceRows theirs) {
      for (int i = 0; i < first.length; i++) {
        if (!Objects.equals(mine.value(first[i]), theirs.value(second[i]))) {
          return false;
        }
      }
      return isAbsent(mine, onlyFirst) && isAbsent(theirs, onlySecond);
    }

    private static boolean isAbsent(SequenceRows rows, int[] columns) {
      for (int column : columns) {
        @Nullable Object value = rows.value(column);
        if (value != null) {
          return false;
        }
      }
      return true;
    }
  }
}
