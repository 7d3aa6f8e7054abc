// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.LogOption;
import dev.ringfold.writers.parquet.MetricsLogger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * The operation {@code stream}: a loop logs as fast as the ring takes rows, for a time; then the
 * logger is closed, which stores and seals everything. Arguments: seconds, maxRows, seed. Figures:
 * {@code rows}, {@code offerNanos}, {@code sealedNanos} from the first row to the sealed last one.
 */
final class EndToEnd {
  private static final long LOW_SPACE_BYTES = 512L << 20;
  private static final long FULL_SPACE_BYTES = 256L << 20;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private EndToEnd() {}

  static Figures run(MetricKind kind, Path directory, Call call) throws Exception {
    MetricFeed feed = new MetricFeed(call.get("seed"));
    long maxRows = call.get("maxRows");
    Path store = directory.resolve("store");
    MetricsLogger logger =
        MetricsLogger.builder(store)
            .closeTimeout(PATIENCE)
            .log(
                log ->
                    log.environment(Map.of())
                        .set(LogOption.LOW_SPACE_BYTES, LOW_SPACE_BYTES)
                        .set(LogOption.FULL_SPACE_BYTES, FULL_SPACE_BYTES))
            .open();
    long start = System.nanoTime();
    long end = start + call.get("seconds") * 1_000_000_000L;
    long offered;
    try (logger) {
      while (System.nanoTime() < end && feed.offered() < maxRows) {
        MetricStore.awaitRoom(logger.log());
        for (int i = 0; i < MetricStore.CHUNK; i++) {
          feed.log(logger);
        }
      }
      offered = System.nanoTime();
      long dropped = logger.stats().dropped();
      if (dropped > 0) {
        throw new IllegalStateException(dropped + " rows were dropped although there was room");
      }
    }
    long sealed = System.nanoTime();
    FileWrites.verify(MetricStore.source(MetricStore.outputs(store)), feed.sums());
    return new Figures()
        .put("rows", feed.offered())
        .put("offerNanos", offered - start)
        .put("sealedNanos", sealed - start);
  }
}
