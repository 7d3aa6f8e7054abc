// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.ringfold.examples.bench.peers.RowBlock;
import dev.ringfold.examples.bench.peers.RowColumn;
import dev.ringfold.examples.bench.peers.RowSink;
import dev.ringfold.examples.bench.peers.RowSums;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/**
 * The operation {@code write}: rows to finished files, by one thread. The clock stands still while
 * the rows are made. Arguments: rows, seed. Figures: {@code nanos} until the files are complete,
 * {@code cpuNanos} of the thread and {@code processNanos} of all threads meanwhile, {@code
 * forceNanos} for forcing the files afterwards, {@code bytes}.
 */
final class FileWrites {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private long nanos;
  private long cpuNanos;
  private long processNanos;

  private FileWrites() {}

  /** Something whose time counts. */
  @FunctionalInterface
  private interface Timed {
    void run() throws IOException, SQLException;
  }

  static Figures run(MetricKind kind, Path directory, Call call) throws Exception {
    return new FileWrites().measure(kind, directory, call.get("rows"), call.get("seed"));
  }

  private Figures measure(MetricKind kind, Path directory, long rows, long seed)
      throws IOException, SQLException {
    RowBlock block = new RowBlock();
    RowSums expected = new RowSums(true);
    try (RowSink sink = kind.sink(directory)) {
      for (long at = 0; at < rows; at += RowBlock.CAPACITY) {
        block.fill(seed, at, (int) Math.min(RowBlock.CAPACITY, rows - at));
        expected.add(block);
        timed(() -> sink.add(block));
      }
      timed(sink::finish);
    }
    List<Path> files = files(directory);
    long start = System.nanoTime();
    for (Path file : files) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
    }
    long forceNanos = System.nanoTime() - start;
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    verify(kind.source(directory), expected);
    return new Figures()
        .put("nanos", nanos)
        .put("cpuNanos", cpuNanos)
        .put("processNanos", processNanos)
        .put("forceNanos", forceNanos)
        .put("bytes", bytes);
  }

  private void timed(Timed work) throws IOException, SQLException {
    long process = PROCESS.getProcessCpuTime();
    long cpu = THREADS.getCurrentThreadCpuTime();
    long start = System.nanoTime();
    work.run();
    nanos += System.nanoTime() - start;
    cpuNanos += THREADS.getCurrentThreadCpuTime() - cpu;
    processNanos += PROCESS.getProcessCpuTime() - process;
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  /** Reads everything back with DuckDB. */
  static void verify(String source, RowSums expected) throws SQLException {
    if (expected.rows() == 0) {
      throw new IllegalStateException("nothing was written: no " + RowColumn.SEQ.column());
    }
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:")) {
      expected.check(connection, source);
    }
  }
}
