// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.projections.ProjectionStatus;
import dev.ringfold.writers.parquet.TableOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The operation {@code slow-disk}: rows at a fixed pace while every commit of the table waits; then
 * the disk is fast again and the table catches up. Arguments: rate, seconds, commitMillis,
 * warmUpRows that go to a store of their own before, seed. Figures: {@code rows}, {@code dropped},
 * {@code lagEvents} and {@code lagSeconds} when the last row was offered, {@code offerNanos},
 * {@code catchUpNanos}.
 */
final class SlowDisk {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** A tenth of what the ring holds at a million rows a second. */
  private static final long MOST_LATE_NANOS = 3_000_000;

  private SlowDisk() {}

  static Figures run(MetricKind kind, Path directory, Call call) throws Exception {
    long rate = call.get("rate");
    long rows = rate * call.get("seconds");
    long delayNanos = call.get("commitMillis") * NANOS_PER_MILLI;
    warmUp(directory.resolve("warm-up"), call);
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
      Pacer pacer = new Pacer(rate, MOST_LATE_NANOS);
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

  private static void warmUp(Path directory, Call call) {
    MetricFeed feed = new MetricFeed(call.get("seed"));
    try (MetricStore store =
        new MetricStore(directory, TableOptions.defaults(), UnaryOperator.identity())) {
      store.offer(feed, call.get("warmUpRows"));
      store.seal();
    }
  }
}
