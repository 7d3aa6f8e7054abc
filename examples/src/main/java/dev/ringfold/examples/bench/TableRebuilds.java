// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.EventLog;
import dev.ringfold.writers.parquet.MetricTables;
import java.nio.file.Path;

/** How fast the metric table is made from a journal that nobody has open. */
final class TableRebuilds {
  private TableRebuilds() {}

  /** Arguments: seed, rows, checkpoints. Figures: rows, rebuildNanos. */
  static Figures run(ReplayKind kind, Path directory, Call call) throws Exception {
    Path store = directory.resolve(kind.label());
    MetricFeed feed;
    try (EventLog log = ReplayStore.open(store)) {
      feed = ReplayStore.fill(log, call);
    }
    long start = System.nanoTime();
    ReplayStore.fold(store, MetricTables.metrics());
    long nanos = System.nanoTime() - start;
    FileWrites.verify(MetricStore.source(MetricStore.outputs(store)), feed.sums());
    return new Figures().put("rows", feed.offered()).put("rebuildNanos", nanos);
  }
}
