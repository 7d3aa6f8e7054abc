// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.projections.ProjectionStatus;
import dev.ringfold.writers.parquet.TableOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The operation {@code slow-disk}: rows at a fixed pace while every commit of the table waits; then
 * the disk is fast again and the table catches up. Arguments: rate, seconds, commitMillis, seed.
 * Figures: {@code rows}, {@code dropped}, {@code lagEvents} and {@code lagSeconds} when the last
 * row was offered, {@code offerNanos}, {@code catchUpNanos}.
 */
final class SlowDisk {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private SlowDisk() {}

  static Figures run(MetricKind kind, Path directory, Call call) throws Exception {
    long rate = call.get("rate");
    long rows = rate * call.get("seconds");
    long delayNanos = call.get("commitMillis") * NANOS_PER_MILLI;
    MetricFeed feed = new MetricFeed(call.get("seed"));
    List<SlowProjection> slow = new ArrayList<>();
    try (MetricStore store =
        new MetricStore(
            directory.resolve("store"),
            TableOptions.defaults(),
            real -> {
              slow.add(new SlowProjection(real, delayNanos));
              return slow.get(0);
            })) {
      Pacer pacer = new Pacer(rate);
      long start = System.nanoTime();
      while (feed.offered() < rows) {
        pacer.await(feed.offered());
        feed.offer(store.row());
      }
      long offered = System.nanoTime();
      ProjectionStatus status = store.table();
      long dropped = store.dropped();
      slow.get(0).hurry();
      store.seal();
      long sealed = System.nanoTime();
      if (dropped == 0) {
        store.verify(feed);
      }
      return new Figures()
          .put("rows", rows)
          .put("dropped", dropped)
          .put("lagEvents", status.lagEvents())
          .put("lagSeconds", status.lagSeconds())
          .put("offerNanos", offered - start)
          .put("catchUpNanos", sealed - offered);
    }
  }
}
