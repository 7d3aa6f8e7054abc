// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.EventLog;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.testkit.ProjectionContract;

/** The example's own projection keeps what every projection must keep. */
final class LowestLossContractTest extends ProjectionContract {
  private static final int ROWS = 25;
  private static final int SNAPSHOT_EVENTS = 10;
  private static final int MANY = 20_000;

  @Override
  protected Projection projection() {
    return new OwnProjection.LowestLoss() {
      @Override
      protected long snapshotEvents() {
        return SNAPSHOT_EVENTS;
      }
    };
  }

  @Override
  protected void publish(EventLog log, int part) {
    MetricLayout layout = MetricLayout.builder().doubles("accuracy", "train_loss").build();
    try (Producer producer = log.producer("trainer")) {
      for (int step = 0; step < ROWS; step++) {
        MetricsRow row = producer.metrics(log.stream("run-" + step % 3), layout);
        row.begin(part, step).set(0, 0.5).set(1, 2.0 / (1 + part * ROWS + step));
        row.append(AckLevel.JOURNAL, AppendOptions.NONE).join();
      }
    }
  }

  @Override
  protected int memoryEvents() {
    return MANY;
  }

  @Override
  protected void publishMany(EventLog log, int count) {
    MetricLayout layout = MetricLayout.builder().doubles("train_loss").build();
    try (Producer producer = log.producer("many")) {
      MetricsRow row = producer.metrics(log.stream("long-run"), layout);
      for (int step = 0; step < count; step++) {
        row.begin(0, step).set(0, 1.0 / (1 + step)).append(AckLevel.RING, AppendOptions.NONE);
      }
    }
  }
}
