// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import dev.ringfold.Producer;
import dev.ringfold.event.MetricColumn;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricsLogged;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns maps into rows. Maps with the same keys in the same order share a shape: the row of a
 * layout, and where each value goes in it. One thread.
 */
final class MapRows {
  /** Most shapes remembered; the one not used for longest is forgotten. */
  private static final int MAX_SHAPES = 1_024;

  /** Most keys of epoch maps whose column names are remembered. */
  private static final int MAX_EPOCH_NAMES = 4_096;

  private static final int INITIAL_SHAPES = 16;
  private static final float LOAD_FACTOR = 0.75f;

  private final RunSession session;
  private final Producer producer;
  private final RowDraft draft = new RowDraft();
  private final Map<RowDraft, Shape> shapes = new RecentShapes();
  private final Map<MetricLayout, LayoutRow> rows = new HashMap<>();
  private final Map<String, String> trainNames = new HashMap<>();
  private final Map<String, String> valNames = new HashMap<>();

  /** Where the values of a map go. */
  private record Shape(LayoutRow row, int[] columns) {}

  private static final class RecentShapes extends LinkedHashMap<RowDraft, Shape> {
    private static final long serialVersionUID = 1L;

    RecentShapes() {
      super(INITIAL_SHAPES, LOAD_FACTOR, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<RowDraft, Shape> eldest) {
      return size() > MAX_SHAPES;
    }
  }

  MapRows(RunSession session, Producer producer) {
    this.session = session;
    this.producer = producer;
  }

  /** The row of a step, filled and ready to be logged. */
  LayoutRow step(int epoch, long step, long eventTimeNanos, Map<String, ?> metrics) {
    ColumnLimits.requireMetrics(metrics.size());
    draft.clear();
    for (Map.Entry<String, ?> metric : metrics.entrySet()) {
      add(metric.getKey(), metric.getKey(), metric.getValue());
    }
    return fill(MetricsLogged.Kind.STEP, epoch, step, eventTimeNanos);
  }

  /** The summary of an epoch, filled and ready to be logged. */
  LayoutRow epoch(int epoch, Map<String, ?> train, Map<String, ?> val) {
    ColumnLimits.requireMetrics(train.size() + val.size());
    draft.clear();
    for (Map.Entry<String, ?> metric : train.entrySet()) {
      String key = metric.getKey();
      add(key, EpochNames.train(key, trainNames), metric.getValue());
    }
    for (Map.Entry<String, ?> metric : val.entrySet()) {
      String key = metric.getKey();
      add(key, EpochNames.val(key, train, valNames), metric.getValue());
    }
    return fill(MetricsLogged.Kind.EPOCH, epoch, MetricsLogger.EPOCH_STEP, Long.MIN_VALUE);
  }

  private void add(@Nullable String key, String name, @Nullable Object value) {
    if (key == null) {
      throw new IllegalArgumentException(
          "A metric must have a name, but a key of the map is null.");
    }
    if (value != null) {
      draft.add(name, value);
    }
  }

  private LayoutRow fill(MetricsLogged.Kind kind, int epoch, long step, long eventTimeNanos) {
    Shape shape = shapes.get(draft);
    if (shape == null) {
      shape = newShape();
    }
    LayoutRow row = shape.row.begin(kind, epoch, step, eventTimeNanos);
    for (int i = 0; i < draft.size(); i++) {
      int column = shape.columns[i];
      Object value = draft.value(i);
      switch (draft.type(i)) {
        case DOUBLE -> row.set(column, ((Number) value).doubleValue());
        case LONG -> row.set(column, ((Number) value).longValue());
        case BOOLEAN -> row.set(column, (boolean) (Boolean) value);
        case STRING -> row.set(column, value.toString());
      }
    }
    return row;
  }

  private Shape newShape() {
    List<MetricColumn> columns = draft.columns();
    for (int i = 1; i < columns.size(); i++) {
      if (columns.get(i).name().equals(columns.get(i - 1).name())) {
        throw new IllegalArgumentException(
            "Two metrics of this epoch become the column '"
                + columns.get(i).name()
                + "': a key k is stored as train_k or val_k, and a training metric under its own"
                + " name. Rename one of them.");
      }
    }
    MetricLayout layout = session.limits().layoutFor(columns);
    LayoutRow row = rows.get(layout);
    if (row == null) {
      row = new LayoutRow(session, producer.metrics(session.stream(), layout));
      rows.put(layout, row);
    }
    int[] places = new int[draft.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = layout.indexOf(draft.name(i));
    }
    Shape shape = new Shape(row, places);
    shapes.put(draft.key(), shape);
    return shape;
  }

  /** Under which names the metrics of an epoch are stored. */
  private static final class EpochNames {
    private EpochNames() {}

    static String train(String key, Map<String, String> known) {
      return isOwnColumn(key) ? key : prefixed("train_", key, known);
    }

    /** A training metric keeps its name, unless the training side has taken it in this call. */
    static String val(String key, Map<String, ?> train, Map<String, String> known) {
      return isOwnColumn(key) && train.get(key) == null ? key : prefixed("val_", key, known);
    }

    private static boolean isOwnColumn(@Nullable String key) {
      return key == null
          || MetricLayout.training().indexOf(key) >= 0
          || ColumnLimits.SYSTEM_COLUMNS.contains(key);
    }

    private static String prefixed(String prefix, String key, Map<String, String> known) {
      String name = known.get(key);
      if (name == null) {
        name = prefix + key;
        if (known.size() < MAX_EPOCH_NAMES) {
          known.put(key, name);
        }
      }
      return name;
    }
  }
}
