// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.peers;

import dev.ringfold.writers.parquet.internal.part.Column;
import dev.ringfold.writers.parquet.internal.part.ColumnBatch;
import dev.ringfold.writers.parquet.internal.part.ColumnType;
import dev.ringfold.writers.parquet.internal.part.PartWriter;
import dev.ringfold.writers.parquet.internal.part.TableSchema;
import dev.ringfold.writers.parquet.internal.part.WriteOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/**
 * Ours: row by row into a column batch, and a finished part of every block, as a table is sealed,
 * with page checksums, statistics, row hash and SHA-256.
 */
public final class PartSink implements RowSink {
  private static final RowColumn[] COLUMNS = RowColumn.values();
  private static final TableSchema SCHEMA =
      TableSchema.of(Arrays.stream(COLUMNS).map(PartSink::column).toList());

  private final Path directory;
  private final WriteOptions options;
  private final ColumnBatch batch = new ColumnBatch(SCHEMA, RowBlock.CAPACITY);

  /** Will write parts in {@code directory}. */
  public PartSink(Path directory, WriteOptions options) {
    this.directory = directory;
    this.options = options;
  }

  private static Column column(RowColumn column) {
    ColumnType type =
        switch (column.kind()) {
          case LONG -> ColumnType.INT64;
          case DOUBLE -> ColumnType.DOUBLE;
          case TEXT -> ColumnType.STRING;
        };
    return new Column(column.column(), column.index() + 1, type, column.required());
  }

  @Override
  public void add(RowBlock block) throws IOException {
    batch.clear();
    int[] backends = RowBlock.BACKENDS.stream().mapToInt(batch::addString).toArray();
    for (int row = 0; row < block.rows(); row++) {
      batch.beginRow();
      for (RowColumn column : COLUMNS) {
        if (!block.isMissing(column, row)) {
          set(block, column, row, backends);
        }
      }
      batch.endRow();
    }
    String name = String.format(Locale.ROOT, "part-%020d.parquet", block.longAt(RowColumn.SEQ, 0));
    PartWriter.write(directory.resolve(name), SCHEMA, batch, 0, batch.rows(), options, Map.of());
  }

  private void set(RowBlock block, RowColumn column, int row, int[] backends) {
    switch (column.kind()) {
      case LONG -> batch.setLong(column.index(), block.longAt(column, row));
      case DOUBLE -> batch.setDouble(column.index(), block.doubleAt(column, row));
      case TEXT -> batch.setString(column.index(), backends[block.backendAt(row)]);
    }
  }

  /** Nothing is left: every block is a part. */
  @Override
  public void finish() {}

  @Override
  public void close() {}
}
