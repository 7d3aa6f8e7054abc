// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import dev.ringfold.internal.io.DurableFile;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes the rows of a source in one of the formats, with bounded memory. A file appears under its
 * name when it is complete and on disk, and replaces an older one then. One thread.
 */
public final class RowExport {
  private final RowSource source;
  private final RowFilter filter;

  /** Prepares an export of the rows that pass. */
  public RowExport(RowSource source, RowFilter filter) {
    this.source = source;
    this.filter = filter;
  }

  /** The formats of an export. */
  public enum Format {
    /** Comma-separated values, RFC 4180, with a header. */
    CSV,
    /** One JSON object on each line. */
    JSONL,
    /** One Parquet file, zstd, with the columns of a table. */
    PARQUET;

    /** Whether it is bytes and no text. */
    public boolean isBinary() {
      return this == PARQUET;
    }
  }

  /**
   * Writes text to a writer, which stays open.
   *
   * @return the number of rows
   * @throws IllegalArgumentException when the format is no text
   */
  public long writeText(Format format, Writer out) throws IOException {
    if (format.isBinary()) {
      throw new IllegalArgumentException(format + " is no text");
    }
    return write(format == Format.CSV ? new CsvRows(out) : new JsonRows(out));
  }

  /**
   * Writes a file.
   *
   * @return the number of rows
   * @throws IOException when it cannot be written; also for Parquet without a row
   */
  public long writeFile(Format format, Path file) throws IOException {
    if (format == Format.PARQUET) {
      return writeParquet(file);
    }
    try (DurableFile durable = WholeFile.begin(file)) {
      long rows;
      try (Writer out =
          new BufferedWriter(
              new OutputStreamWriter(WholeFile.stream(durable), StandardCharsets.UTF_8), 1 << 16)) {
        rows = writeText(format, out);
      }
      durable.freeze();
      return rows;
    }
  }

  private long writeParquet(Path file) throws IOException {
    Path target = WholeFile.target(file);
    String unique = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path temporary = target.resolveSibling(target.getFileName() + "." + unique + ".tmp");
    try {
      long rows = write(new ParquetRows(temporary));
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      DurableFile.forceDirectory(target.resolveSibling(".").normalize());
      return rows;
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private long write(RowSink sink) throws IOException {
    long[] rows = new long[1];
    try (sink) {
      sink.begin(source.columns());
      source.forEach(
          filter,
          row -> {
            sink.row(row);
            rows[0]++;
            return true;
          });
      sink.end();
    }
    return rows[0];
  }
}
