// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The columns that every row of metrics has; whatever else a file has are metrics. */
enum SystemColumn {
  SEQ(0),
  RUN_ID(1),
  ATTEMPT(2),
  KIND(3),
  TS(4),
  EPOCH(5),
  STEP(6),
  TIMESTAMP(7);

  private final int place;

  SystemColumn(int place) {
    this.place = place;
  }

  /** Its place among the columns of a table and of an export, from 0. */
  int place() {
    return place;
  }

  /** The column of this name, whatever its case: names in a table do not differ by case alone. */
  static @Nullable SystemColumn of(String name) {
    for (SystemColumn column : values()) {
      if (column.columnName().equalsIgnoreCase(name)) {
        return column;
      }
    }
    return null;
  }

  String columnName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
