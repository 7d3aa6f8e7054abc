// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The columns that every row of metrics has; whatever else a file has are metrics. */
enum SystemColumn {
  SEQ,
  RUN_ID,
  ATTEMPT,
  KIND,
  TS,
  EPOCH,
  STEP,
  TIMESTAMP;

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
