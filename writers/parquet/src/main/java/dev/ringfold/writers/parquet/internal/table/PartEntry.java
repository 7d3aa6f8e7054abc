// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.writers.parquet.internal.part.RowHash;
import java.nio.file.Path;

/**
 * A sealed part as a commit names it.
 *
 * @param name relative to the generation's directory, with {@code /} before the file's own name
 *     when there are partitions
 * @param rows how many
 * @param bytes of the file
 * @param firstSequence smallest sequence of its rows: a row that was put aside and retried may be
 *     the first of a part or the last, and has its own event's sequence
 * @param lastSequence the event that brought its last row; no row has a larger sequence
 * @param sha256 of the file, 64 hexadecimal digits
 * @param rowHash of its rows
 */
public record PartEntry(
    String name,
    long rows,
    long bytes,
    long firstSequence,
    long lastSequence,
    String sha256,
    RowHash rowHash) {

  /** The file in a generation. */
  public Path in(Path generation) {
    return generation.resolve(name);
  }

  /** The partition's directory with a slash behind it, or nothing. */
  public String directory() {
    return name.substring(0, name.lastIndexOf('/') + 1);
  }
}
