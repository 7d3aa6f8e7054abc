// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The columns of a metrics row, in order. Two layouts are equal when their columns are. Immutable
 * and thread-safe.
 */
public final class MetricLayout {
  /** Most columns of a layout. */
  public static final int MAX_COLUMNS = 4_096;

  private static final MetricLayout TRAINING =
      builder()
          .column("train_loss", MetricType.DOUBLE)
          .column("val_loss", MetricType.DOUBLE)
          .column("grad_norm", MetricType.DOUBLE)
          .column("grad_max", MetricType.DOUBLE)
          .column("grad_min", MetricType.DOUBLE)
          .column("circuit_execution_time_ms", MetricType.DOUBLE)
          .column("circuits_executed", MetricType.LONG)
          .column("qubits_used", MetricType.LONG)
          .column("shots_per_circuit", MetricType.LONG)
          .column("backend", MetricType.STRING)
          .column("queue_time_ms", MetricType.DOUBLE)
          .column("cost_usd", MetricType.DOUBLE)
          .column("credits_used", MetricType.DOUBLE)
          .column("batch_time_ms", MetricType.DOUBLE)
          .column("throughput_samples_per_sec", MetricType.DOUBLE)
          .build();

  private final List<MetricColumn> columns;
  private final Map<String, Integer> indexByName;
  private final int hash;

  private MetricLayout(List<MetricColumn> columns) {
    this.columns = List.copyOf(columns);
    this.indexByName = new HashMap<>();
    for (MetricColumn column : columns) {
      if (indexByName.put(column.name(), indexByName.size()) != null) {
        throw new IllegalArgumentException(
            "The columns of a metric layout must have different names, but two are '"
                + column.name()
                + "'");
      }
    }
    this.hash = this.columns.hashCode();
  }

  /**
   * The training metrics of Q-Store under their exact names: its 18 fields without {@code epoch},
   * {@code step} and {@code timestamp}, which every row has anyway. All may be absent.
   */
  public static MetricLayout training() {
    return TRAINING;
  }

  /** A layout of these columns. */
  public static MetricLayout of(List<MetricColumn> columns) {
    Builder builder = builder();
    columns.forEach(column -> builder.column(column.name(), column.type()));
    return builder.build();
  }

  /** Begins a layout without columns. */
  public static Builder builder() {
    return new Builder();
  }

  /** All columns in order. */
  public List<MetricColumn> columns() {
    return columns;
  }

  /** How many columns. */
  public int size() {
    return columns.size();
  }

  /** The column at this index. */
  public MetricColumn column(int index) {
    return columns.get(index);
  }

  /** Index of the column with this name, or -1. */
  public int indexOf(String name) {
    Integer index = indexByName.get(name);
    return index == null ? -1 : index;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof MetricLayout that
            && hash == that.hash
            && columns.equals(that.columns));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return "MetricLayout" + columns;
  }

  /** Collects columns. Not thread-safe. */
  public static final class Builder {
    private final List<MetricColumn> columns = new ArrayList<>();

    private Builder() {}

    /** Adds DOUBLE columns, the usual ones. */
    public Builder doubles(String... names) {
      for (String name : names) {
        column(name, MetricType.DOUBLE);
      }
      return this;
    }

    /** Adds a column behind the others. */
    public Builder column(String name, MetricType type) {
      if (columns.size() == MAX_COLUMNS) {
        throw new IllegalArgumentException(
            "A metric layout has at most "
                + MAX_COLUMNS
                + " columns; split the metrics over several layouts");
      }
      columns.add(new MetricColumn(name, type));
      return this;
    }

    /** Builds the layout; refuses two columns of one name. */
    public MetricLayout build() {
      return new MetricLayout(columns);
    }
  }
}
