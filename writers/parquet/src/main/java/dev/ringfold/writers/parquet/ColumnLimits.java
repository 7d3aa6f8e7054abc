// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import dev.ringfold.event.MetricColumn;
import dev.ringfold.event.MetricLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What one logger may add to the names, layouts and columns of its store. They are kept for ever,
 * so a program that makes new names without end must be stopped here, with a reason, and not by a
 * store that takes no more names from anybody. Thread-safe.
 */
final class ColumnLimits {
  /** Columns every row has besides its metrics. */
  static final Set<String> SYSTEM_COLUMNS =
      Set.of("seq", "run_id", "attempt", "kind", "ts", "epoch", "step", "timestamp");

  /** Most different metric names, so that a table has room for them and its own columns. */
  static final int MAX_METRICS =
      MetricLayout.MAX_COLUMNS - SYSTEM_COLUMNS.size() - MetricLayout.training().size();

  /** Most different sets of metric names. */
  static final int MAX_LAYOUTS = 1_024;

  /** Most columns of all layouts together; a store repeats them at the begin of each segment. */
  static final int MAX_LAYOUT_COLUMNS = 1 << 18;

  /** Most different texts that are values. */
  static final int MAX_TEXTS = 4_096;

  /** Most bytes of a text in UTF-8. */
  static final int MAX_TEXT_LENGTH = 1_024;

  private final Map<MetricLayout, MetricLayout> exact = new HashMap<>();
  private final List<MetricLayout> layouts = new ArrayList<>();
  private final Set<String> metrics = new HashSet<>();
  private final Set<String> texts = ConcurrentHashMap.newKeySet();
  private int layoutColumns;

  /** The layout to use for these columns: one that is known and has them all, or a new one. */
  synchronized MetricLayout layoutFor(List<MetricColumn> columns) {
    requireRoomForMetrics(columns);
    MetricLayout wanted = MetricLayout.of(columns);
    MetricLayout known = exact.get(wanted);
    if (known != null) {
      return known;
    }
    MetricLayout wider = superset(columns);
    if (wider != null && wider.size() <= 2 * columns.size() + Long.BYTES) {
      return wider;
    }
    if (hasRoomFor(wanted)) {
      return add(wanted);
    }
    if (wider != null) {
      return wider;
    }
    throw new IllegalArgumentException(
        "This logger has used "
            + layouts.size()
            + " different sets of metric names, "
            + layoutColumns
            + " names in all, and takes no more. Use the same names in every row and leave out what"
            + " a row does not have; a value that changes must not be part of a name.");
  }

  /** Checks a layout that was made by the user. */
  synchronized void admit(MetricLayout layout) {
    requireRoomForMetrics(layout.columns());
    if (exact.containsKey(layout)) {
      return;
    }
    if (!hasRoomFor(layout)) {
      throw new IllegalArgumentException(
          "This logger has used " + layouts.size() + " different layouts and takes no more.");
    }
    add(layout);
  }

  private boolean hasRoomFor(MetricLayout layout) {
    return layouts.size() < MAX_LAYOUTS && layoutColumns + layout.size() <= MAX_LAYOUT_COLUMNS;
  }

  private MetricLayout add(MetricLayout layout) {
    exact.put(layout, layout);
    layouts.add(layout);
    layoutColumns += layout.size();
    layout.columns().forEach(column -> metrics.add(column.name()));
    return layout;
  }

  /** The smallest known layout that has all of the columns, with these types. */
  private @Nullable MetricLayout superset(List<MetricColumn> columns) {
    MetricLayout best = null;
    for (MetricLayout layout : layouts) {
      if (layout.size() >= columns.size()
          && (best == null || layout.size() < best.size())
          && columns.stream().allMatch(column -> has(layout, column))) {
        best = layout;
      }
    }
    return best;
  }

  private static boolean has(MetricLayout layout, MetricColumn column) {
    int index = layout.indexOf(column.name());
    return index >= 0 && layout.column(index).type() == column.type();
  }

  private void requireRoomForMetrics(List<MetricColumn> columns) {
    int added = 0;
    for (MetricColumn column : columns) {
      requireNotSystem(column.name());
      added += metrics.contains(column.name()) ? 0 : 1;
    }
    requireMetrics(metrics.size() + added);
  }

  /** Refuses more metrics than a table can have. */
  static void requireMetrics(int count) {
    if (count > MAX_METRICS) {
      throw new IllegalArgumentException(
          "A run has at most "
              + MAX_METRICS
              + " different metrics, since each is a column of the table, but here are "
              + count
              + ". Log summaries such as a norm or a quantile, and keep whole arrays as"
              + " checkpoints.");
    }
  }

  private static void requireNotSystem(String name) {
    if (SYSTEM_COLUMNS.contains(name.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "A metric cannot be called '"
              + name
              + "': every row has a column of that name already ("
              + String.join(", ", SYSTEM_COLUMNS.stream().sorted().toList())
              + "). Give it another name; epoch and step are arguments of their own.");
    }
  }

  /** Checks a text that becomes a value; allocates nothing for one that came before. */
  void admitText(String column, String text) {
    if (texts.contains(text)) {
      return;
    }
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_TEXT_LENGTH) {
      throw new IllegalArgumentException(
          "A text in metric '"
              + column
              + "' has "
              + length
              + " bytes of UTF-8 but may have "
              + MAX_TEXT_LENGTH
              + ". Texts in metrics are labels; publish longer ones as events of their own.");
    }
    if (texts.size() >= MAX_TEXTS) {
      throw new IllegalArgumentException(
          "Metric '"
              + column
              + "' brings a text that this logger has not seen, and it has seen "
              + MAX_TEXTS
              + ". Texts in metrics are labels of which there are few; publish others as events of"
              + " their own.");
    }
    texts.add(text);
  }
}
