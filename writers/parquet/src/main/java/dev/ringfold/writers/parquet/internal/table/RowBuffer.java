// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.writers.parquet.internal.part.ColumnBatch;
import dev.ringfold.writers.parquet.internal.part.TableSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rows since the last seal, in order, with the partition of each. What makes it full follows
 * from the rows alone. A new column begins another part in every partition once a row group has
 * ended: what readers may have seen of a part stays as it is, and all of them are sealed together.
 * Belongs to one thread; adding a row allocates nothing once the batch has been full and texts and
 * partitions have been seen.
 */
final class RowBuffer {
  /** Texts by the numbers of names in the journal. */
  static final int NAMES = 0;

  /** Texts by the numbers of streams in the journal. */
  static final int STREAMS = 1;

  /** Texts that are constants of a table, by numbers of its own. */
  static final int CONSTANTS = 2;

  /** Most partitions of one seal: each is a file. */
  static final int MAX_PARTITIONS = 1_024;

  /** Most cells of columns that are used; 64 MiB of arrays when it is reached. */
  static final long MAX_CELLS = 4L << 20;

  /** Most bytes of all texts, with room for the texts of one more row. */
  private static final long MAX_TEXT_BYTES = 32L << 20;

  /** Above this the arrays are given back at a seal: the columns in use have changed. */
  private static final long MAX_IDLE_BYTES = 96L << 20;

  private static final int FIRST_CAPACITY = 1_024;

  private final int capacity;
  private ColumnBatch batch;
  private final List<PartitionRows> partitions = new ArrayList<>();
  private final Map<String, Integer> partitionByDirectory = new HashMap<>();
  private int[] partitionOfRow = new int[FIRST_CAPACITY];
  private final RowGroups groups = new RowGroups();
  private final BitSet usedColumns = new BitSet();
  private int usedCount;
  private final NumberMap[] texts = {new NumberMap(), new NumberMap(), new NumberMap()};
  private final NumberMap partitionOfNumber = new NumberMap();
  private int firstPartition;
  private int firstRow;
  private long textBytes;
  private long firstLogTimeNanos;

  RowBuffer(TableSchema schema, int capacity) {
    this.capacity = capacity;
    this.batch = new ColumnBatch(schema, capacity);
  }

  /** Columns to fill between {@link #begin} and {@link #end}. */
  ColumnBatch batch() {
    return batch;
  }

  int rows() {
    return batch.rows();
  }

  /** Log time of the event that brought the first row. */
  long firstLogTimeNanos() {
    return firstLogTimeNanos;
  }

  List<PartitionRows> partitions() {
    return partitions;
  }

  RowGroups groups() {
    return groups;
  }

  int partitionOf(int row) {
    return partitionOfRow[row];
  }

  /** These columns are used from now on; they count towards the cells. */
  void use(TableSchema schema, int[] columns) {
    if (schema.size() > batch.schema().size()) {
      widen(schema);
    }
    for (int column : columns) {
      usedColumns.set(column);
    }
    usedCount = usedColumns.cardinality();
  }

  private void widen(TableSchema schema) {
    batch.widen(schema);
    if (groups.endedRows() > firstRow) {
      firstRow = batch.rows();
      firstPartition = partitions.size();
      partitionByDirectory.clear();
      partitionOfNumber.clear();
    }
    for (PartitionRows partition : partitions.subList(firstPartition, partitions.size())) {
      partition.widen(schema);
    }
  }

  /** Whether no partition is known to which the next row could belong. */
  boolean isFirst() {
    return batch.rows() == firstRow;
  }

  void begin() {
    batch.beginRow();
  }

  /** Ends the row: it belongs to this partition and came with this event. */
  void end(int partition, long consuming, long logTimeNanos) {
    int row = batch.rows();
    batch.endRow();
    if (row == 0) {
      firstLogTimeNanos = logTimeNanos;
    }
    if (row == partitionOfRow.length) {
      partitionOfRow = Arrays.copyOf(partitionOfRow, Math.min(capacity, row * 2));
    }
    partitionOfRow[row] = partition;
    groups.added(row, logTimeNanos);
    partitions.get(partition).add(consuming);
  }

  void cancel() {
    batch.cancelRow();
  }

  /** Whether the rows have to be sealed before the next one. */
  boolean isFull(int maxRows) {
    int rows = batch.rows();
    return rows >= maxRows
        || (long) rows * usedCount >= MAX_CELLS
        || textBytes >= MAX_TEXT_BYTES
        || partitions.size() >= MAX_PARTITIONS;
  }

  /** Number of the partition with this directory, empty for the table's own. */
  int partition(String directory) {
    Integer known = partitionByDirectory.get(directory);
    if (known != null) {
      return known;
    }
    partitionByDirectory.put(directory, partitions.size());
    partitions.add(new PartitionRows(directory, batch.rows(), batch.schema()));
    return partitions.size() - 1;
  }

  /** Number of the partition that was remembered for this number, or -1. */
  int rememberedPartition(int number) {
    return partitionOfNumber.get(number);
  }

  /** Remembers a partition until the rows are sealed. */
  int rememberPartition(int number, int partition) {
    return partitionOfNumber.put(number, partition);
  }

  /** Id in the batch of a text that is known by a number, or -1 when it was not used yet. */
  int knownText(int kind, int number) {
    return texts[kind].get(number);
  }

  /** Id in the batch of a text that is known by a number from now on. */
  int text(int kind, int number, String text) {
    int id = batch.addString(text);
    if (id < 0) {
      throw new IllegalStateException("no room for a text after " + batch.rows() + " rows");
    }
    textBytes += text.length();
    return texts[kind].put(number, id);
  }

  /** Forgets all rows. */
  void clear() {
    if (batch.allocatedBytes() > MAX_IDLE_BYTES) {
      batch = new ColumnBatch(batch.schema(), capacity);
    }
    batch.clear();
    groups.clear();
    partitions.clear();
    partitionByDirectory.clear();
    usedColumns.clear();
    usedCount = 0;
    for (NumberMap cache : texts) {
      cache.clear();
    }
    partitionOfNumber.clear();
    firstPartition = 0;
    firstRow = 0;
    textBytes = 0;
  }
}
