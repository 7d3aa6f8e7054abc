// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import dev.ringfold.event.MetricLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A file of metrics whose every line has been read and found good, so that it can be imported
 * without a surprise in the middle. Nothing of it is kept in memory but names. One thread.
 */
public final class ImportFile {
  /** Bad lines that are told; reading stops behind them. */
  static final int MAX_PROBLEMS = 5;

  private final Path file;
  private final TextFormat format;
  private final ImportOptions options;
  private final String sha256;
  private final RowParser parser;
  private final long rows;

  private ImportFile(
      Path file,
      TextFormat format,
      ImportOptions options,
      String sha256,
      RowParser parser,
      long rows) {
    this.file = file;
    this.format = format;
    this.options = options;
    this.sha256 = sha256;
    this.parser = parser;
    this.rows = rows;
  }

  /** Takes rows. */
  @FunctionalInterface
  interface RowConsumer {
    /** Takes a row, which is good during the call only, and the line it stands on. */
    void accept(ImportRow row, long line) throws IOException;
  }

  /**
   * Reads the whole file.
   *
   * @throws ImportRefusedException when a line is not a row of metrics, naming the first few
   */
  public static ImportFile check(Path file, TextFormat format, ImportOptions options)
      throws IOException {
    String sha256 = Hashes.sha256(file);
    RowParser parser = new RowParser(options);
    List<String> problems = new ArrayList<>();
    long rows = 0;
    try (RecordReader reader = format.open(file)) {
      boolean more = true;
      while (more && problems.size() < MAX_PROBLEMS) {
        try {
          more = reader.next();
          if (more) {
            parser.parse(reader.cells());
            rows++;
          }
        } catch (BadLineException e) {
          problems.add(file + ":" + reader.line() + ": " + e.getMessage());
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new ImportRefusedException(
          String.join("; ", problems)
              + (problems.size() == MAX_PROBLEMS ? "; the rest was not looked at" : "")
              + ". Nothing was imported");
    }
    return new ImportFile(file, format, options, sha256, parser, rows);
  }

  /** The file. */
  public Path file() {
    return file;
  }

  /** SHA-256 of its bytes, in hexadecimal. */
  public String sha256() {
    return sha256;
  }

  /** How many rows it has. */
  public long rows() {
    return rows;
  }

  /** Its metrics with their types, in the order of their first appearance. */
  public MetricLayout layout() {
    return parser.layout();
  }

  /** The runs that its rows belong to, sorted. */
  public Set<String> runs() {
    return parser.runs();
  }

  /** What tells this import from others: the same file with the same options has the same. */
  String identity() {
    return sha256 + "/" + Hashes.sha256(options.canonical());
  }

  /** Gives all rows, in order. */
  void forEach(RowConsumer consumer) throws IOException {
    try (RecordReader reader = format.open(file)) {
      while (reader.next()) {
        consumer.accept(parser.parse(reader.cells()), reader.line());
      }
    } catch (BadLineException e) {
      throw new ImportRefusedException(
          file + " changed while it was imported: " + e.getMessage() + ". Import it again");
    }
  }
}
