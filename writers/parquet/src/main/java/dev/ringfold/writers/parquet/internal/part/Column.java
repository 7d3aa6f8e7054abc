// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.util.Objects;

/**
 * One column of a Parquet file. Immutable.
 *
 * @param name as readers see it; not empty
 * @param fieldId Parquet's field id, from 1 on; a column keeps it for ever, no other one gets it
 * @param type what it holds; never changes
 * @param required whether every row has a value
 */
public record Column(String name, int fieldId, ColumnType type, boolean required) {
  /** Checks name and field id. */
  public Column {
    Objects.requireNonNull(type, "type");
    if (name.isEmpty()) {
      throw new IllegalArgumentException("the name of a column must not be empty");
    }
    if (fieldId < 1) {
      throw new IllegalArgumentException(
          "the field id of column '" + name + "' must be at least 1 but was " + fieldId);
    }
  }
}
