// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.compare;

import dev.ringfold.writers.parquet.MetricRows;
import dev.ringfold.writers.parquet.MetricTable;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a table by their sequence: those of a table with partitions are merged. Memory: a row
 * group of each partition. One thread.
 */
final class SequenceRows implements Closeable {
  private static final String SEQUENCE = "seq";

  private final List<Partition> partitions = new ArrayList<>();
  private final List<MetricTable.ColumnSummary> columns;
  private @Nullable Partition current;

  SequenceRows(MetricTable table) throws IOException {
    columns = table.columns();
    Map<String, List<Path>> byDirectory = new LinkedHashMap<>();
    for (Path file : table.files()) {
      byDirectory
          .computeIfAbsent(Objects.toString(file.getParent()), directory -> new ArrayList<>())
          .add(file);
    }
    try {
      for (List<Path> files : byDirectory.values()) {
        Partition partition = new Partition(table, files.iterator());
        partitions.add(partition);
        partition.next();
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Goes to the next row; false behind the last one. */
  boolean next() throws IOException {
    if (current != null) {
      current.next();
    }
    current = null;
    for (Partition partition : partitions) {
      if (partition.rows != null && (current == null || partition.sequence < current.sequence)) {
        current = partition;
      }
    }
    return current != null;
  }

  /** The row's sequence. */
  long sequence() {
    return row().sequence;
  }

  /** The columns of every row. */
  List<MetricTable.ColumnSummary> columns() {
    return columns;
  }

  /** A value of the row, by the place of its column; null when it has none. */
  @Nullable Object value(int column) {
    MetricRows rows = row().rows;
    if (rows == null) {
      throw new IllegalStateException("there is no row");
    }
    return rows.valueAt(column);
  }

  private Partition row() {
    Partition row = current;
    if (row == null) {
      throw new IllegalStateException("there is no row");
    }
    return row;
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (Partition partition : partitions) {
      try {
        partition.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** The files of one directory, one after the other. */
  private static final class Partition implements Closeable {
    private final MetricTable table;
    private final Iterator<Path> files;
    private @Nullable MetricRows rows;
    private long sequence;

    Partition(MetricTable table, Iterator<Path> files) {
      this.table = table;
      this.files = files;
    }

    /** Goes on; without rows behind the last one. */
    void next() throws IOException {
      while (rows == null || !rows.next()) {
        close();
        if (!files.hasNext()) {
          return;
        }
        rows = table.rows(files.next());
      }
      sequence = rows.longAt(rows.column(SEQUENCE));
    }

    @Override
    public void close() throws IOException {
      MetricRows open = rows;
      rows = null;
      if (open != null) {
        open.close();
      }
    }
  }
}
