// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.LogOption;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.RunClosed;
import dev.ringfold.event.RunStarted;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionRunner;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A store with rows of metrics and checkpoints in between. */
final class ReplayStore {
  static final String RUN = "bench";
  private static final long LOW_SPACE_BYTES = 512L << 20;
  private static final long FULL_SPACE_BYTES = 256L << 20;
  private static final int FLOATS = 1_000;

  private ReplayStore() {}

  /** Opens the store of a directory, which is made when it is missing. */
  static EventLog open(Path store) {
    return EventLog.builder(store)
        .environment(Map.of())
        .set(LogOption.LOW_SPACE_BYTES, LOW_SPACE_BYTES)
        .set(LogOption.FULL_SPACE_BYTES, FULL_SPACE_BYTES)
        .build();
  }

  /** What a call asks for: rows and checkpoints, everything stored when this returns. */
  static MetricFeed fill(EventLog log, Call call) {
    MetricFeed feed = new MetricFeed(call.get("seed"));
    fill(log, feed, call.get("rows"), call.getInt("checkpoints"));
    return feed;
  }

  /** Goes on with a feed until it has offered so many rows. */
  static void fill(EventLog log, MetricFeed feed, long rows, int checkpoints) {
    long first = feed.offered();
    try (Producer producer = log.producer(RUN);
        Checkpoints saves = Checkpoints.on(log).run(RUN).keepAll().trees(false).open()) {
      producer.appendAndAwait(log.stream(RUN), new RunStarted(0, ""), AckLevel.JOURNAL);
      MetricsRow row = producer.metrics(log.stream(RUN), MetricLayout.training());
      for (int i = 0; i < checkpoints; i++) {
        offer(log, feed, row, first + (rows - first) * (i + 1) / checkpoints);
        float[] weights = new float[FLOATS];
        weights[0] = i;
        saves
            .save(i, Map.of("w", Tensor.of(weights, FLOATS)), Map.of(), Map.of())
            .committed()
            .join();
      }
      offer(log, feed, row, rows);
      producer.appendAndAwait(log.stream(RUN), new RunClosed(0), AckLevel.DISK);
    }
  }

  private static void offer(EventLog log, MetricFeed feed, MetricsRow row, long rows) {
    while (feed.offered() < rows) {
      MetricStore.awaitRoom(log);
      for (int i = 0; i < MetricStore.CHUNK && feed.offered() < rows; i++) {
        feed.offer(row);
      }
    }
  }

  /** Folds the whole journal into a projection of the store's own. */
  static void fold(Path store, Projection projection) throws IOException {
    try (EventLogReader log = EventLogReader.open(store, EventTypes.builtin())) {
      ProjectionRunner.fold(
          log, projection, MetricStore.outputs(store), store.resolve("snapshots"), Long.MAX_VALUE);
    }
  }
}
