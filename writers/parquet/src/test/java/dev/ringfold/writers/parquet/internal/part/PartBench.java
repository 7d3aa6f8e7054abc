// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import dev.ringfold.writers.parquet.Compression;
import dev.ringfold.writers.parquet.Profile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * Rows to a finished Parquet file, side by side and interleaved, in CPU time of the one thread that
 * does it. For tuning: arguments are rows, rounds and the names of the writers to run.
 */
final class PartBench {
  private static final long SEED = 20261121L;
  private static final TableSchema SCHEMA = TrainingRows.schema();

  private final TrainingRows rows;
  private final Path directory;

  private PartBench(TrainingRows rows, Path directory) {
    this.rows = rows;
    this.directory = directory;
  }

  private interface Writer {
    void write(Path file) throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    int size = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2_000_000;
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
    Path directory = Files.createTempDirectory("part-bench");
    PartBench bench = new PartBench(new TrainingRows(SEED, size), directory);
    Map<String, Writer> writers = new LinkedHashMap<>();
    WriteOptions normal = WriteOptions.of(Compression.ZSTD);
    writers.put("batch", file -> bench.batch(file, normal));
    writers.put("duckdb1", file -> bench.duckdb(file, "COMPRESSION_LEVEL 1"));
    writers.put("duckdb3", file -> bench.duckdb(file, "COMPRESSION_LEVEL 3"));
    writers.put("support", bench::support);
    writers.put("group", bench::group);
    writers.put(
        "compact", file -> bench.batch(file, WriteOptions.of(Compression.ZSTD, Profile.COMPACT)));
    writers.put("snappy", file -> bench.batch(file, WriteOptions.of(Compression.SNAPPY)));
    writers.put("lz4", file -> bench.batch(file, WriteOptions.of(Compression.LZ4_RAW)));
    writers.put("none", file -> bench.batch(file, WriteOptions.of(Compression.NONE)));
    writers.put("gzip", file -> bench.batch(file, WriteOptions.of(Compression.GZIP)));
    if (arguments.length > 2) {
      writers.keySet().retainAll(Arrays.asList(arguments).subList(2, arguments.length));
    }
    bench.run(writers, size, rounds);
  }

  private void run(Map<String, Writer> writers, int size, int rounds) throws Exception {
    Map<String, List<Double>> nanos = new LinkedHashMap<>();
    Map<String, Long> bytes = new LinkedHashMap<>();
    for (int round = 0; round <= rounds; round++) {
      for (Map.Entry<String, Writer> writer : writers.entrySet()) {
        Path file = directory.resolve(writer.getKey() + ".parquet");
        Files.deleteIfExists(file);
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        writer.getValue().write(file);
        long end = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        if (round > 0) {
          nanos
              .computeIfAbsent(writer.getKey(), key -> new ArrayList<>())
              .add((end - start) / (double) size);
        }
        bytes.put(writer.getKey(), Files.size(file));
      }
    }
    double base = median(nanos.values().iterator().next());
    nanos.forEach(
        (name, times) ->
            System.out.printf(
                Locale.ROOT,
                "%-10s %8.1f ns/row  x%5.2f  %7.3f B/row  %s%n",
                name,
                median(times),
                median(times) / base,
                bytes.get(name) / (double) size,
                times));
  }

  private static double median(List<Double> times) {
    return times.stream().sorted().skip(times.size() / 2).findFirst().orElseThrow();
  }

  private void batch(Path file, WriteOptions options) throws Exception {
    ColumnBatch batch = new ColumnBatch(SCHEMA, PartWriter.GROUP_ROWS);
    try (PartWriter writer = PartWriter.open(file, SCHEMA, options)) {
      for (int from = 0; from < rows.size; from += PartWriter.GROUP_ROWS) {
        batch.clear();
        rows.fill(batch, from, Math.min(rows.size, from + PartWriter.GROUP_ROWS));
        writer.addRows(batch, 0, batch.rows());
      }
      writer.finish(Map.of());
    }
  }

  private void duckdb(Path file, String options) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute("SET threads=1");
      statement.execute("SET autoinstall_known_extensions=false");
      StringBuilder columns = new StringBuilder();
      for (Column column : SCHEMA.columns()) {
        String type =
            switch (column.type()) {
              case INT64 -> "BIGINT";
              case DOUBLE -> "DOUBLE";
              default -> "VARCHAR";
            };
        columns.append(columns.length() == 0 ? "" : ", ").append(column.name()).append(' ');
        columns.append(type);
      }
      statement.execute("CREATE TABLE t (" + columns + ")");
      append(connection.unwrap(DuckDBConnection.class));
      statement.execute(
          "COPY t TO '" + file + "' (FORMAT parquet, COMPRESSION zstd, " + options + ")");
    }
  }

  private void append(DuckDBConnection connection) throws Exception {
    try (DuckDBAppender out = connection.createAppender("main", "t")) {
      for (int row = 0; row < rows.size; row++) {
        out.beginRow();
        out.append((long) row).append(rows.epoch[row]).append(rows.step[row]);
        out.append(rows.timestamp[row]).append(rows.trainLoss[row]);
        append(out, rows.valLoss[row]);
        out.append(rows.gradNorm[row]).append(rows.gradMax[row]).append(rows.gradMin[row]);
        out.append(rows.circuitMillis[row]).append(rows.circuits[row]).append(rows.qubits[row]);
        out.append(rows.shots[row]).append(TrainingRows.BACKENDS[rows.backend[row]]);
        append(out, rows.queueMillis[row]);
        append(out, rows.cost[row]);
        append(out, rows.credits[row]);
        out.append(rows.batchMillis[row]).append(rows.throughput[row]);
        out.endRow();
      }
    }
  }

  private static void append(DuckDBAppender out, double value) throws Exception {
    if (Double.isNaN(value)) {
      out.appendNull();
    } else {
      out.append(value);
    }
  }

  private void support(Path file) throws Exception {
    TwinWriter.write(file, SCHEMA, rows.size, Compression.ZSTD, this::emit);
  }

  private void emit(RecordConsumer out, int row) {
    integer(out, 0, row);
    integer(out, 1, rows.epoch[row]);
    integer(out, 2, rows.step[row]);
    real(out, 3, rows.timestamp[row]);
    real(out, 4, rows.trainLoss[row]);
    real(out, 5, rows.valLoss[row]);
    real(out, 6, rows.gradNorm[row]);
    real(out, 7, rows.gradMax[row]);
    real(out, 8, rows.gradMin[row]);
    real(out, 9, rows.circuitMillis[row]);
    integer(out, 10, rows.circuits[row]);
    integer(out, 11, rows.qubits[row]);
    integer(out, 12, rows.shots[row]);
    out.startField("backend", 13);
    out.addBinary(BACKENDS[rows.backend[row]]);
    out.endField("backend", 13);
    real(out, 14, rows.queueMillis[row]);
    real(out, 15, rows.cost[row]);
    real(out, 16, rows.credits[row]);
    real(out, 17, rows.batchMillis[row]);
    real(out, 18, rows.throughput[row]);
  }

  private static final Binary[] BACKENDS =
      Arrays.stream(TrainingRows.BACKENDS).map(Binary::fromString).toArray(Binary[]::new);

  private static void integer(RecordConsumer out, int column, long value) {
    String name = SCHEMA.column(column).name();
    out.startField(name, column);
    out.addLong(value);
    out.endField(name, column);
  }

  private static void real(RecordConsumer out, int column, double value) {
    if (!Double.isNaN(value)) {
      String name = SCHEMA.column(column).name();
      out.startField(name, column);
      out.addDouble(value);
      out.endField(name, column);
    }
  }

  private void group(Path file) throws Exception {
    MessageType type = SCHEMA.toParquet();
    SimpleGroupFactory groups = new SimpleGroupFactory(type);
    PartCodecs codecs = new PartCodecs();
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withType(type)
            .withConf(new PlainParquetConfiguration())
            .withCodecFactory(codecs)
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withWriterVersion(ParquetProperties.WriterVersion.PARQUET_2_0)
            .withRowGroupRowCountLimit(PartWriter.GROUP_ROWS)
            .withPageRowCountLimit(ChunkEncoder.PAGE_ROWS)
            .build()) {
      for (int row = 0; row < rows.size; row++) {
        writer.write(group(groups.newGroup(), row));
      }
    }
  }

  private Group group(Group out, int row) {
    out.add(0, (long) row);
    out.add(1, rows.epoch[row]);
    out.add(2, rows.step[row]);
    out.add(3, rows.timestamp[row]);
    out.add(4, rows.trainLoss[row]);
    add(out, 5, rows.valLoss[row]);
    out.add(6, rows.gradNorm[row]);
    out.add(7, rows.gradMax[row]);
    out.add(8, rows.gradMin[row]);
    out.add(9, rows.circuitMillis[row]);
    out.add(10, rows.circuits[row]);
    out.add(11, rows.qubits[row]);
    out.add(12, rows.shots[row]);
    out.add(13, BACKENDS[rows.backend[row]]);
    add(out, 14, rows.queueMillis[row]);
    add(out, 15, rows.cost[row]);
    add(out, 16, rows.credits[row]);
    out.add(17, rows.batchMillis[row]);
    out.add(18, rows.throughput[row]);
    return out;
  }

  private static void add(Group out, int column, double value) {
    if (!Double.isNaN(value)) {
      out.add(column, value);
    }
  }
}
