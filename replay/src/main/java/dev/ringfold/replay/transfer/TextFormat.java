// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** A form in which rows come in as text. */
public enum TextFormat {
  /** Comma-separated values, RFC 4180. */
  CSV,
  /** One JSON object on each line. */
  JSONL;

  /** The format that the end of a file's name tells. */
  public static Optional<TextFormat> ofName(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".csv")) {
      return Optional.of(CSV);
    }
    boolean lines = name.endsWith(".jsonl") || name.endsWith(".ndjson") || name.endsWith(".json");
    return lines ? Optional.of(JSONL) : Optional.empty();
  }

  RecordReader open(Path file) throws IOException {
    return this == CSV ? CsvReader.open(file) : JsonLinesReader.open(file);
  }
}
