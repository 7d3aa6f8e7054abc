// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.event.MetricColumn;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import dev.ringfold.writers.parquet.internal.part.Column;
import dev.ringfold.writers.parquet.internal.part.ColumnType;
import dev.ringfold.writers.parquet.internal.part.TableSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which column holds which metric. A metric has the column of its name if nothing else has it; the
 * name's first declared type is the column's type for ever. A second type of the same name, a name
 * that every table has, and a name that differs from another only in case (many engines do not tell
 * those apart) get the sibling {@code <name>__<type>}, then {@code <name>__<type>_2} and so on. The
 * outcome follows from the order in which layouts come, so a rebuild gives the same columns with
 * the same field ids. Belongs to one thread.
 */
final class ColumnRegistry {
  private final Set<String> reserved;
  private final List<TableColumn> columns = new ArrayList<>();
  private final Map<String, Integer> indexByMetric = new HashMap<>();
  private final Set<String> takenNames = new HashSet<>();
  private TableSchema schema;
  private int maxColumns;

  /**
   * A registry of these columns.
   *
   * @param reserved names, in lower case, that no metric gets although no column has them
   */
  ColumnRegistry(List<TableColumn> known, Set<String> reserved, int maxColumns) {
    this.reserved = Set.copyOf(reserved);
    this.maxColumns = maxColumns;
    takenNames.addAll(this.reserved);
    known.forEach(this::add);
    this.schema = schemaOfColumns();
  }

  TableSchema schema() {
    return schema;
  }

  List<TableColumn> columns() {
    return List.copyOf(columns);
  }

  int size() {
    return columns.size();
  }

  void maxColumns(int newMaxColumns) {
    maxColumns = newMaxColumns;
  }

  /**
   * The table's columns for those of a layout, adding what is new.
   *
   * @throws TooManyColumnsException when there would be too many; then nothing is added
   */
  int[] columnsOf(MetricLayout layout) {
    int before = columns.size();
    int[] indexes = new int[layout.size()];
    for (int i = 0; i < indexes.length; i++) {
      MetricColumn metric = layout.column(i);
      indexes[i] = columnOf(metric.name(), typeOf(metric.type()));
    }
    if (columns.size() > before && columns.size() > maxColumns) {
      int needed = columns.size();
      truncate(before);
      throw new TooManyColumnsException(
          "The row needs "
              + (needed - before)
              + " new columns and the table has "
              + before
              + " of at most "
              + maxColumns
              + ". Log fewer different metric names, or put what varies into rows instead of names");
    }
    if (columns.size() > before) {
      schema = schemaOfColumns();
    }
    return indexes;
  }

  /** Forgets all columns from this one on: those that a failed row brought. */
  void truncate(int size) {
    while (columns.size() > size) {
      TableColumn last = columns.remove(columns.size() - 1);
      indexByMetric.remove(key(last.metric(), last.column().type()));
      takenNames.remove(lower(last.column().name()));
    }
    if (schema.size() > size) {
      schema = schemaOfColumns();
    }
  }

  static ColumnType typeOf(MetricType type) {
    return switch (type) {
      case DOUBLE -> ColumnType.DOUBLE;
      case LONG -> ColumnType.INT64;
      case BOOLEAN -> ColumnType.BOOLEAN;
      case STRING -> ColumnType.STRING;
    };
  }

  private int columnOf(String metric, ColumnType type) {
    Integer known = indexByMetric.get(key(metric, type));
    if (known != null) {
      return known;
    }
    String name = metric;
    for (int i = 1; takenNames.contains(lower(name)); i++) {
      name = metric + "__" + word(type) + (i == 1 ? "" : "_" + i);
    }
    add(new TableColumn(new Column(name, columns.size() + 1, type, false), metric));
    return columns.size() - 1;
  }

  private void add(TableColumn column) {
    if (!column.metric().isEmpty()) {
      indexByMetric.put(key(column.metric(), column.column().type()), columns.size());
    }
    takenNames.add(lower(column.column().name()));
    columns.add(column);
  }

  private TableSchema schemaOfColumns() {
    return TableSchema.of(columns.stream().map(TableColumn::column).toList());
  }

  private static String word(ColumnType type) {
    return switch (type) {
      case DOUBLE -> "double";
      case INT32, INT64 -> "long";
      case BOOLEAN -> "boolean";
      case STRING -> "string";
    };
  }

  private static String key(String metric, ColumnType type) {
    return type + "/" + metric;
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
