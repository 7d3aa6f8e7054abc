// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

/** The rows of one partition that are not sealed. Belongs to one thread. */
final class PartitionRows {
  private final String directory;
  private int rows;
  private long firstSequence = -1;
  private long lastSequence = -1;

  PartitionRows(String directory) {
    this.directory = directory;
  }

  /** With a slash behind it, or empty. */
  String directory() {
    return directory;
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
