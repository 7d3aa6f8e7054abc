// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.peers.CsvSink;
import dev.ringfold.examples.bench.peers.DuckSink;
import dev.ringfold.examples.bench.peers.GroupSink;
import dev.ringfold.examples.bench.peers.PartSink;
import dev.ringfold.examples.bench.peers.RowSink;
import dev.ringfold.examples.bench.peers.WriteSupportSink;
import dev.ringfold.writers.parquet.Compression;
import dev.ringfold.writers.parquet.Profile;
import dev.ringfold.writers.parquet.internal.part.WriteOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

/** The child JVMs of {@code bench metrics}: who writes files, and our logger. */
enum MetricKind implements ChildKind {
  RINGFOLD,
  RINGFOLD_COMPACT,
  RINGFOLD_GZIP,
  DUCKDB,
  WRITE_SUPPORT,
  EXAMPLE_GROUP,
  CSV,
  /** The log with its tables, not only the writer of files. */
  LOGGER,
  /** The same with a heap of {@link #SMALL_HEAP_BYTES}. */
  SMALL_HEAP;

  static final long SMALL_HEAP_BYTES = 256L << 20;

  /** A million rows and Parquet's own buffers are below this. */
  private static final String HEAP = "-Xmx1g";

  private static final String FILE = "rows.parquet";

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public Class<?> main() {
    return MetricWorker.class;
  }

  @Override
  public List<String> flags() {
    return this == SMALL_HEAP
        ? ChildJvm.flags("-Xmx" + (SMALL_HEAP_BYTES >> 20) + "m")
        : ChildJvm.flags("-Xms256m", HEAP);
  }

  /**
   * Begins to write.
   *
   * @param directory an empty one for its files
   */
  RowSink sink(Path directory) throws IOException, SQLException {
    Path file = directory.resolve(FILE);
    return switch (this) {
      case RINGFOLD -> new PartSink(directory, WriteOptions.of(Compression.ZSTD));
      case RINGFOLD_COMPACT ->
          new PartSink(directory, WriteOptions.of(Compression.ZSTD, Profile.COMPACT));
      case RINGFOLD_GZIP -> new PartSink(directory, WriteOptions.of(Compression.GZIP));
      case DUCKDB -> new DuckSink(file);
      case WRITE_SUPPORT -> new WriteSupportSink(file);
      case EXAMPLE_GROUP -> new GroupSink(file);
      case CSV -> new CsvSink(directory.resolve("rows.csv"));
      case LOGGER, SMALL_HEAP -> throw new IllegalArgumentException(label() + " is no writer");
    };
  }

  /** What DuckDB reads the written rows from. */
  String source(Path directory) {
    String quoted = directory.toString().replace("'", "''");
    return this == CSV
        ? "read_csv('" + quoted + "/*.csv', sample_size = -1)"
        : "read_parquet('" + quoted + "/*.parquet')";
  }

  /** The kind with this label. */
  static MetricKind of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
