// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import dev.ringfold.event.MetricColumn;
import dev.ringfold.event.MetricType;
import dev.ringfold.writers.parquet.Compression;
import dev.ringfold.writers.parquet.internal.part.Column;
import dev.ringfold.writers.parquet.internal.part.ColumnBatch;
import dev.ringfold.writers.parquet.internal.part.ColumnType;
import dev.ringfold.writers.parquet.internal.part.PartWriter;
import dev.ringfold.writers.parquet.internal.part.TableSchema;
import dev.ringfold.writers.parquet.internal.part.WriteOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows as one Parquet file with the columns and types of a table, forced when it is complete. */
final class ParquetRows implements RowSink {
  private static final double NANOS_PER_SECOND = 1e9;

  /** Cells of a batch in memory, 8 bytes each; a row group has as many rows as fit. */
  private static final int MAX_CELLS = 8 << 20;

  private static final int LEAST_ROWS = 1_024;
  private static final int SYSTEM_COLUMNS = SystemColumn.values().length;

  private final Path file;
  private List<MetricColumn> columns = List.of();
  private @Nullable PartWriter writer;
  private @Nullable ColumnBatch batch;
  private boolean hasRows;

  /** Writes to a file that does not exist yet; a failure deletes it. */
  ParquetRows(Path file) {
    this.file = file;
  }

  @Override
  public void begin(List<MetricColumn> newColumns) throws IOException {
    columns = List.copyOf(newColumns);
    TableSchema schema = schema(columns);
    int rows = Math.max(LEAST_ROWS, Math.min(PartWriter.GROUP_ROWS, MAX_CELLS / schema.size()));
    batch = new ColumnBatch(schema, rows);
    writer = PartWriter.open(file, schema, WriteOptions.of(Compression.ZSTD).withForce(true));
  }

  @Override
  public void row(MetricRow row) throws IOException {
    ColumnBatch target = begun(batch);
    if (target.isFull()) {
      flush(target);
    }
    if (!add(target, row)) {
      // The batch has no room for more different texts.
      target.cancelRow();
      flush(target);
      if (!add(target, row)) {
        throw new IOException("the texts of row " + row.sequence() + " are too large for Parquet");
      }
    }
  }

  private boolean add(ColumnBatch target, MetricRow row) {
    target.beginRow();
    boolean added =
        text(target, SystemColumn.RUN_ID.place(), row.run())
            && text(target, SystemColumn.KIND.place(), row.kind().name().toLowerCase(Locale.ROOT));
    target.setLong(SystemColumn.SEQ.place(), row.sequence());
    target.setInt(SystemColumn.ATTEMPT.place(), row.attempt());
    target.setLong(SystemColumn.TS.place(), row.eventTimeNanos());
    target.setLong(SystemColumn.EPOCH.place(), row.epoch());
    target.setLong(SystemColumn.STEP.place(), row.step());
    target.setDouble(SystemColumn.TIMESTAMP.place(), row.eventTimeNanos() / NANOS_PER_SECOND);
    for (int i = 0; added && i < columns.size(); i++) {
      if (row.present(i)) {
        added = cell(target, i + SYSTEM_COLUMNS, row, i);
      }
    }
    if (added) {
      target.endRow();
    }
    return added;
  }

  @Override
  public void end() throws IOException {
    ColumnBatch rest = begun(batch);
    if (rest.rows() > 0) {
      flush(rest);
    }
    if (!hasRows) {
      throw new IOException("no row passes, and a Parquet file needs one; nothing was written");
    }
    begun(writer).finish(Map.of());
  }

  @Override
  public void close() throws IOException {
    if (writer != null) {
      writer.close();
    }
  }

  private void flush(ColumnBatch full) throws IOException {
    begun(writer).addRows(full, 0, full.rows());
    full.clear();
    hasRows = true;
  }

  private boolean cell(ColumnBatch target, int place, MetricRow row, int column) {
    switch (columns.get(column).type()) {
      case DOUBLE -> target.setDouble(place, row.doubleAt(column));
      case LONG -> target.setLong(place, row.longAt(column));
      case BOOLEAN -> target.setBoolean(place, row.booleanAt(column));
      case STRING -> {
        return text(target, place, row.textAt(column));
      }
    }
    return true;
  }

  private static boolean text(ColumnBatch target, int place, String text) {
    int id = target.addString(text);
    if (id >= 0) {
      target.setString(place, id);
    }
    return id >= 0;
  }

  private static TableSchema schema(List<MetricColumn> metrics) {
    List<Column> all = new ArrayList<>();
    for (SystemColumn system : SystemColumn.values()) {
      ColumnType type =
          switch (system) {
            case SEQ, TS, EPOCH, STEP -> ColumnType.INT64;
            case ATTEMPT -> ColumnType.INT32;
            case RUN_ID, KIND -> ColumnType.STRING;
            case TIMESTAMP -> ColumnType.DOUBLE;
          };
      all.add(new Column(system.columnName(), all.size() + 1, type, true));
    }
    for (MetricColumn metric : metrics) {
      all.add(new Column(metric.name(), all.size() + 1, typeOf(metric.type()), false));
    }
    return TableSchema.of(all);
  }

  private static ColumnType typeOf(MetricType type) {
    return switch (type) {
      case DOUBLE -> ColumnType.DOUBLE;
      case LONG -> ColumnType.INT64;
      case BOOLEAN -> ColumnType.BOOLEAN;
      case STRING -> ColumnType.STRING;
    };
  }

  private static <T> T begun(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("the export was not begun");
    }
    return value;
  }
}
