// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import dev.ringfold.event.MetricColumn;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The columns under which metrics stand in a table: the training metrics first, the others by their
 * first appearance. The first type of a name is its type; the same name with another type, a name
 * that differs by case only, and that of a system column go to the sibling {@code name__type}.
 */
final class JournalColumns {
  /** Directories of a partitioned table become columns of these names. */
  private static final Set<String> RESERVED = Set.of("run", "date");

  private static final String SEPARATOR = "__";

  private final List<MetricColumn> columns = new ArrayList<>();
  private final Map<String, Integer> takenByLowerName = new HashMap<>();
  private final Map<MetricColumn, Integer> placeBySource = new HashMap<>();

  JournalColumns() {
    MetricLayout.training().columns().forEach(this::place);
  }

  List<MetricColumn> columns() {
    return columns;
  }

  /** Where the values of a column of a layout go. */
  int place(MetricColumn source) {
    Integer known = placeBySource.get(source);
    if (known != null) {
      return known;
    }
    String name = source.name();
    for (int i = 1; taken(name); i++) {
      name = source.name() + SEPARATOR + word(source.type()) + (i == 1 ? "" : "_" + i);
    }
    int place = columns.size();
    columns.add(new MetricColumn(name, source.type()));
    takenByLowerName.put(name.toLowerCase(Locale.ROOT), place);
    placeBySource.put(source, place);
    return place;
  }

  private boolean taken(String name) {
    return SystemColumn.of(name) != null
        || RESERVED.contains(name.toLowerCase(Locale.ROOT))
        || takenByLowerName.containsKey(name.toLowerCase(Locale.ROOT));
  }

  private static String word(MetricType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }
}
