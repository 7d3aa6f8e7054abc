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
 * @param firstSequence the event that brought its first row
 * @param lastSequence the event that brought its last row
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
