// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.projections.Position;
import dev.ringfold.writers.parquet.internal.part.RowHash;
import java.util.List;

/**
 * The state of a table at a position: the offset of its projection and the manifest for readers in
 * one. Immutable.
 *
 * @param projection whose table it is
 * @param version of the projection
 * @param position how far the table has come
 * @param storeId store of the journal, 32 hexadecimal digits
 * @param configuration how parts are written from here on
 * @param columns all columns so far
 * @param parts all sealed parts, by the order of their rows
 */
public record TableCommit(
    String projection,
    int version,
    Position position,
    String storeId,
    String configuration,
    List<TableColumn> columns,
    List<PartEntry> parts) {

  /** Copies the lists. */
  public TableCommit {
    columns = List.copyOf(columns);
    parts = List.copyOf(parts);
  }

  /** Rows of all parts. */
  public long rows() {
    long rows = 0;
    for (PartEntry part : parts) {
      rows += part.rows();
    }
    return rows;
  }

  /** Bytes of all parts. */
  public long bytes() {
    long bytes = 0;
    for (PartEntry part : parts) {
      bytes += part.bytes();
    }
    return bytes;
  }

  /** Hash of the rows of all parts. */
  public RowHash rowHash() {
    RowHash hash = RowHash.NONE;
    for (PartEntry part : parts) {
      hash = hash.plus(part.rowHash());
    }
    return hash;
  }
}
