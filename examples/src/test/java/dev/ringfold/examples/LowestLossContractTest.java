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
}
