// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.replay.query.TableSession;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rows of a short result in memory. Used once. */
final class QueryRows implements TableSession.Rows {
  private final List<List<Object>> rows = new ArrayList<>();
  private List<String> names = List.of();

  @Override
  public void begin(List<String> columnNames, List<String> types) {
    names = List.copyOf(columnNames);
  }

  @Override
  public boolean row(List<Object> values) {
    rows.add(values);
    return true;
  }

  List<List<Object>> rows() {
    return rows;
  }

  /** A row by column, without absent values, in the order of the columns. */
  Map<String, Object> present(int row) {
    Map<String, Object> present = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      Object value = rows.get(row).get(i);
      if (value != TableSession.NULL) {
        present.put(names.get(i), value);
      }
    }
    return present;
  }
}
