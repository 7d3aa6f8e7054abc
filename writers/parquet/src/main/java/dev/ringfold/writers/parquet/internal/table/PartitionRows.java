// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.writers.parquet.internal.part.TableSchema;

/** Waiting rows that become one part: of one partition, with the same columns. One thread. */
final class PartitionRows {
  private final String directory;
  private final int firstRow;
  private TableSchema schema;
  private int rows;
  private long firstSequence = -1;
  private long lastSequence = -1;

  /**
   * No rows yet.
   *
   * @param directory of the partition, with a slash behind it, or empty
   * @param firstRow rows of all partitions before its first one
   */
  PartitionRows(String directory, int firstRow, TableSchema schema) {
    this.directory = directory;
    this.firstRow = firstRow;
    this.schema = schema;
  }

  /** With a slash behind it, or empty. */
  String directory() {
    return directory;
  }

  /** Rows of all partitions before its first one. */
  int firstRow() {
    return firstRow;
  }

  /** Columns of the part. */
  TableSchema schema() {
    return schema;
  }

  /** More columns, while nobody can have seen the part. */
  void widen(TableSchema wider) {
    schema = wider;
  }

  int rows() {
    return rows;
  }

  /** The event that brought the first row. */
  long firstSequence() {
    return firstSequence;
  }

  /** The event that brought the last row. */
  long lastSequence() {
    return lastSequence;
  }

  void add(long consuming) {
    if (rows == 0) {
      firstSequence = consuming;
    }
    lastSequence = consuming;
    rows++;
  }
}
