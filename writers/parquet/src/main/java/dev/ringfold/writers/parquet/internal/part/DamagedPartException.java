// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A Parquet file that Ringfold wrote is damaged or cut off. Nothing was changed. */
public final class DamagedPartException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final int rowGroup;
  private final @Nullable String column;

  DamagedPartException(
      Path file, int rowGroup, @Nullable String column, String problem, @Nullable Throwable cause) {
    super(
        "Damaged part: "
            + file
            + (rowGroup < 0 ? "" : ", row group " + rowGroup)
            + (column == null ? "" : ", column '" + column + "'")
            + ": "
            + problem
            + ". Rebuild the table from the journal",
        cause);
    this.file = file.toString();
    this.rowGroup = rowGroup;
    this.column = column;
  }

  /** The damaged file. */
  public Path file() {
    return Path.of(file);
  }

  /** The damaged row group, counted from 0; -1 when the damage is in no single one. */
  public int rowGroup() {
    return rowGroup;
  }

  /** The damaged column; null when the damage is in no single one. */
  public @Nullable String column() {
    return column;
  }
}
