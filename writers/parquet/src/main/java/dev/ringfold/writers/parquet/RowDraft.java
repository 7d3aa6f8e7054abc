// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import dev.ringfold.event.MetricColumn;
import dev.ringfold.event.MetricType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The metrics of one map as names, types and values side by side, in the map's order. Filled again
 * for every row. As a key of a hash table it stands for names and types only. One thread.
 */
final class RowDraft {
  private static final int INITIAL_CAPACITY = 32;
  private static final int HASH_FACTOR = 31;

  private String[] names = new String[INITIAL_CAPACITY];
  private MetricType[] types = new MetricType[INITIAL_CAPACITY];
  private Object[] values = new Object[INITIAL_CAPACITY];
  private int size;
  private int hash;

  void clear() {
    Arrays.fill(values, 0, size, "");
    size = 0;
    hash = 1;
  }

  void add(String name, Object value) {
    if (size == names.length) {
      ColumnLimits.requireMetrics(size + 1);
      names = Arrays.copyOf(names, 2 * size);
      types = Arrays.copyOf(types, 2 * size);
      values = Arrays.copyOf(values, 2 * size);
    }
    MetricType type = MetricValues.typeOf(name, value);
    names[size] = name;
    types[size] = type;
    values[size++] = value;
    hash = (hash * HASH_FACTOR + name.hashCode()) * HASH_FACTOR + type.code();
  }

  int size() {
    return size;
  }

  String name(int index) {
    return names[index];
  }

  MetricType type(int index) {
    return types[index];
  }

  Object value(int index) {
    return values[index];
  }

  /** The columns, sorted by name, so that the order of a map's keys makes no other layout. */
  List<MetricColumn> columns() {
    List<MetricColumn> columns = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      columns.add(new MetricColumn(names[i], types[i]));
    }
    columns.sort((left, right) -> left.name().compareTo(right.name()));
    return columns;
  }

  /** A copy of names and types, to be kept as a key. */
  RowDraft key() {
    RowDraft key = new RowDraft();
    key.names = Arrays.copyOf(names, size);
    key.types = Arrays.copyOf(types, size);
    key.values = new Object[0];
    key.size = size;
    key.hash = hash;
    return key;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RowDraft that
        && hash == that.hash
        && size == that.size
        && Arrays.equals(types, 0, size, that.types, 0, size)
        && Arrays.equals(names, 0, size, that.names, 0, size);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
