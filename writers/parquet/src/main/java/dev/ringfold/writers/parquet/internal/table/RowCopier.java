// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.writers.parquet.internal.part.ColumnBatch;
import dev.ringfold.writers.parquet.internal.part.TableSchema;
import org.jspecify.annotations.Nullable;

/** Copies columns of rows from one batch to another that has them too. One thread. */
final class RowCopier {
  private final ColumnBatch from;
  private final ColumnBatch to;
  private final int[] target;
  private final @Nullable String[] lastText;
  private final int[] lastId;

  /**
   * A copier.
   *
   * @param schema the columns to copy, the first ones of the batch they come from
   */
  RowCopier(ColumnBatch from, ColumnBatch to, TableSchema schema) {
    this.from = from;
    this.to = to;
    this.target = new int[schema.size()];
    this.lastText = new String[schema.size()];
    this.lastId = new int[schema.size()];
    for (int i = 0; i < target.length; i++) {
      target[i] = to.schema().indexOf(schema.column(i).name());
      if (target[i] < 0 || to.schema().column(target[i]).type() != schema.column(i).type()) {
        throw new IllegalArgumentException(
            "the table has no column " + schema.column(i) + ", which a part has");
      }
    }
  }

  /** The other batch was cleared and has forgotten its texts. */
  void forgetTexts() {
    java.util.Arrays.fill(lastText, null);
  }

  /** Copies a row; false when the other batch has no room for its texts, then nothing is copied. */
  boolean copy(int row) {
    to.beginRow();
    for (int i = 0; i < target.length; i++) {
      if (!from.isNull(row, i) && !copyCell(row, i, target[i])) {
        to.cancelRow();
        return false;
      }
    }
    to.endRow();
    return true;
  }

  private boolean copyCell(int row, int column, int toColumn) {
    switch (from.schema().column(column).type()) {
      case INT32 -> to.setInt(toColumn, from.intAt(row, column));
      case INT64 -> to.setLong(toColumn, from.longAt(row, column));
      case DOUBLE -> to.setDouble(toColumn, from.doubleAt(row, column));
      case BOOLEAN -> to.setBoolean(toColumn, from.booleanAt(row, column));
      case STRING -> {
        int id = textId(column, from.stringAt(row, column));
        if (id < 0) {
          return false;
        }
        to.setString(toColumn, id);
      }
    }
    return true;
  }

  @SuppressWarnings("ReferenceEquality") // A batch has each text once.
  private int textId(int column, String text) {
    if (text != lastText[column]) {
      lastId[column] = to.addString(text);
      lastText[column] = lastId[column] < 0 ? null : text;
    }
    return lastId[column];
  }
}
