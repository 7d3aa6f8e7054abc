// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import dev.ringfold.writers.parquet.internal.part.ColumnBatch;
import dev.ringfold.writers.parquet.internal.part.PartReader;
import dev.ringfold.writers.parquet.internal.part.TableSchema;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A walk over rows. Columns are counted as {@link MetricTable#columns} counts them. Memory: one row
 * group. Every checksum of what is read is checked. Used by one thread.
 */
public final class MetricRows implements Closeable {
  private final List<Path> files;
  private final TableSchema schema;
  private final ColumnBatch batch;
  private @Nullable PartReader reader;
  private int nextFile;
  private int nextGroup;
  private int row = -1;

  MetricRows(List<Path> files, TableSchema schema) {
    this.files = List.copyOf(files);
    this.schema = schema;
    this.batch = new ColumnBatch(schema, TableOptions.MAX_PART_ROWS);
  }

  /**
   * Goes to the next row.
   *
   * @return false behind the last one
   * @throws IOException when a file is damaged or gone, naming it
   */
  public boolean next() throws IOException {
    row++;
    while (row >= batch.rows()) {
      if (!nextGroup()) {
        return false;
      }
    }
    return true;
  }

  private boolean nextGroup() throws IOException {
    batch.clear();
    row = 0;
    PartReader current = reader;
    while (current == null || nextGroup == current.rowGroups()) {
      close();
      if (nextFile == files.size()) {
        return false;
      }
      current = PartReader.open(files.get(nextFile++));
      reader = current;
      nextGroup = 0;
    }
    current.read(nextGroup++, batch);
    return true;
  }

  /** Place of the column with this name, or -1. */
  public int column(String name) {
    return schema.indexOf(name);
  }

  /** Whether the row has no value in this column. */
  public boolean isNull(int column) {
    return batch.isNull(row, column);
  }

  /** Value of an int32 or int64 column that is not null. */
  public long longAt(int column) {
    return switch (schema.column(column).type()) {
      case INT32 -> batch.intAt(row, column);
      default -> batch.longAt(row, column);
    };
  }

  /** Value of a double column that is not null. */
  public double doubleAt(int column) {
    return batch.doubleAt(row, column);
  }

  /** Value of a boolean column that is not null. */
  public boolean booleanAt(int column) {
    return batch.booleanAt(row, column);
  }

  /** Value of a string column that is not null. */
  public String stringAt(int column) {
    return batch.stringAt(row, column);
  }

  /** Value of any column, boxed; null when the row has none. */
  public @Nullable Object valueAt(int column) {
    return batch.valueAt(row, column);
  }

  @Override
  public void close() throws IOException {
    PartReader current = reader;
    reader = null;
    if (current != null) {
      current.close();
    }
  }
}
