// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.Lines.Measure;
import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import java.io.IOException;
import java.util.List;

/** The rows about writing the same rows to files: time, bytes, and what plain text does. */
final class FileRows {
  private static final String OURS = MetricKind.RINGFOLD.label();
  private static final String COMPACT = MetricKind.RINGFOLD_COMPACT.label();
  private static final String GZIP = MetricKind.RINGFOLD_GZIP.label();
  private static final String DUCKDB = MetricKind.DUCKDB.label();
  private static final String WRITE_SUPPORT = MetricKind.WRITE_SUPPORT.label();
  private static final String GROUP = MetricKind.EXAMPLE_GROUP.label();
  private static final String CSV = MetricKind.CSV.label();
  private static final String PUBLISHED = "published";

  private static final double OVER_DUCKDB = 2.5;
  private static final double OVER_WRITE_SUPPORT = 2;
  private static final double OVER_GROUP = 3;
  private static final double BYTES_OF_DUCKDB = 1.03;
  private static final double COMPACT_BYTES_OF_DUCKDB = 0.8;

  /** Q-Store's published figures: size in gzip, and rows a second. */
  private static final double PUBLISHED_MB_PER_100K = 10;

  private static final double PUBLISHED_ROWS_FROM = 10_000;
  private static final double PUBLISHED_ROWS_TO = 50_000;
  private static final double HUNDRED_THOUSAND = 100_000;
  private static final double MEGABYTE = 1_000_000;

  private FileRows() {}

  static List<Row<MetricSession>> rows() {
    return List.of(
        new Row<>(
            "parquet",
            "rows to finished Parquet files, zstd 1, one thread; everything read back by DuckDB",
            FileRows::parquet),
        new Row<>("bytes", "bytes per row of these files", FileRows::bytes),
        new Row<>("csv", "the same rows as text, and in gzip", FileRows::csv));
  }

  private static List<RowResult> parquet(MetricSession session)
      throws IOException, NotRunException {
    Measure wall = perSecond("rows/s", session, "nanos");
    Measure cpu = perSecond("rows/CPU s", session, "cpuNanos");
    Measure process = perSecond("rows/CPU s", session, "processNanos");
    Lines lines =
        new Lines(session.writes())
            .atLeast("parquet.duckdb", wall, OURS, DUCKDB, OVER_DUCKDB)
            .atLeast("parquet.write-support", wall, OURS, WRITE_SUPPORT, OVER_WRITE_SUPPORT)
            .atLeast("parquet.example-group", wall, OURS, GROUP, OVER_GROUP);
    for (String peer : List.of(DUCKDB, WRITE_SUPPORT, GROUP)) {
      lines.beside("parquet.cpu." + peer, cpu, OURS, peer);
    }
    double rows = session.scale().rows();
    Measure forced =
        new Measure(
            "rows/s", figures -> rows * 1e9 / (figures.get("nanos") + figures.get("forceNanos")));
    return lines
        .beside("parquet.forced", forced, OURS, DUCKDB)
        .beside("parquet.process", process, OURS, DUCKDB)
        .printed("parquet.compact", wall, COMPACT)
        .toList();
  }

  private static List<RowResult> bytes(MetricSession session) throws IOException, NotRunException {
    Measure bytes =
        new Measure("bytes/row", figures -> figures.get("bytes") / session.scale().rows());
    return new Lines(session.writes())
        .atMostTimes("bytes.default", bytes, OURS, DUCKDB, BYTES_OF_DUCKDB)
        .atMostTimes("bytes.compact", bytes, COMPACT, DUCKDB, COMPACT_BYTES_OF_DUCKDB)
        .printed("bytes.peer." + WRITE_SUPPORT, bytes, WRITE_SUPPORT)
        .printed("bytes.peer." + GROUP, bytes, GROUP)
        .toList();
  }

  private static List<RowResult> csv(MetricSession session) throws IOException, NotRunException {
    Measure bytes =
        new Measure("bytes/row", figures -> figures.get("bytes") / session.scale().rows());
    Measure wall = perSecond("rows/s", session, "nanos");
    Measure megabytes =
        new Measure(
            "MB/100k rows",
            figures -> figures.get("bytes") / session.scale().rows() * HUNDRED_THOUSAND / MEGABYTE);
    Samples published = Samples.of(PUBLISHED_ROWS_FROM, PUBLISHED_ROWS_TO);
    return new Lines(session.writes())
        .beside("csv.rate", wall, OURS, CSV)
        .beside("csv.bytes", bytes, OURS, CSV)
        .beside("csv.gzip", megabytes, GZIP, PUBLISHED, Samples.of(PUBLISHED_MB_PER_100K))
        .beside("csv.gzip-rate", wall, GZIP, PUBLISHED, published)
        .toList();
  }

  private static Measure perSecond(String unit, MetricSession session, String nanos) {
    double rows = session.scale().rows();
    return new Measure(unit, figures -> rows * 1e9 / figures.get(nanos));
  }
}
