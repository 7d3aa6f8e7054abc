// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.projections.ProjectionRunner;
import dev.ringfold.writers.parquet.TableOptions;
import dev.ringfold.writers.parquet.internal.table.MetricsProjection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The operation {@code small-heap}: many more events than the heap holds are stored and become a
 * table, and then the table is made again from the journal, with the same bytes. Arguments: rows,
 * seed. Figures: {@code rows}, {@code eventBytes} in the journal, {@code heapBytes} at most, {@code
 * ingestNanos}, {@code rebuildNanos}.
 */
final class SmallHeap {
  private SmallHeap() {}

  static Figures run(MetricKind kind, Path directory, Call call) throws Exception {
    long rows = call.get("rows");
    MetricFeed feed = new MetricFeed(call.get("seed"));
    Path directoryOfStore = directory.resolve("store");
    Figures figures = new Figures().put("rows", rows);
    long start = System.nanoTime();
    try (MetricStore store =
        new MetricStore(directoryOfStore, TableOptions.defaults(), UnaryOperator.identity())) {
      while (feed.offered() < rows) {
        store.awaitRoom();
        for (int i = 0; i < MetricStore.CHUNK && feed.offered() < rows; i++) {
          feed.offer(store.row());
        }
      }
      store.seal();
      figures
          .put("ingestNanos", System.nanoTime() - start)
          .put("eventBytes", store.stats().frameBytes())
          .put("heapBytes", Runtime.getRuntime().maxMemory());
      store.verify(feed);
    }
    Path rebuilt = Files.createDirectory(directory.resolve("rebuilt"));
    start = System.nanoTime();
    try (EventLogReader log = EventLog.openReadOnly(directoryOfStore)) {
      ProjectionRunner.fold(
          log, new MetricsProjection(), rebuilt, directory.resolve("snapshots"), Long.MAX_VALUE);
    }
    figures.put("rebuildNanos", System.nanoTime() - start);
    compare(MetricStore.outputs(directoryOfStore), rebuilt);
    return figures;
  }

  private static void compare(Path outputs, Path rebuilt) throws IOException {
    List<Path> parts = parts(outputs);
    List<Path> again = parts(rebuilt);
    for (int i = 0; i < Math.max(parts.size(), again.size()); i++) {
      if (i >= parts.size()
          || i >= again.size()
          || Files.mismatch(parts.get(i), again.get(i)) >= 0) {
        throw new IllegalStateException(
            "the rebuilt table has other parts: " + parts.size() + " and " + again.size());
      }
    }
  }

  private static List<Path> parts(Path outputs) throws IOException {
    try (Stream<Path> files = Files.list(outputs.resolve(MetricsProjection.TABLE))) {
      return files.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
    }
  }
}
