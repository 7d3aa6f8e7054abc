// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventLog;
import dev.ringfold.EventView;
import dev.ringfold.event.MetricsView;
import dev.ringfold.projections.testkit.ProjectionContract;
import org.junit.jupiter.api.Tag;

@Tag("smoke")
final class TextProjectionContractTest extends ProjectionContract {
  private static final long POISON = 666;

  @Override
  protected Projection projection() {
    return new TextProjection() {
      @Override
      public void apply(EventView event) throws Exception {
        super.apply(event);
        MetricsView row =
            new MetricsView().wrap(event.buffer(), event.payloadOffset(), event.payloadLength());
        if (row.step() == POISON) {
          forgetNewest();
          throw new IllegalStateException("poison");
        }
      }
    };
  }

  @Override
  protected void publish(EventLog log, int part) {
    Logs.append(log, part * 1_000L, 23);
  }

  @Override
  protected long publishPoison(EventLog log) {
    return Logs.append(log, POISON, 1);
  }

  @Override
  protected int memoryEvents() {
    return 3_000;
  }

  @Override
  protected void publishMany(EventLog log, int count) {
    Logs.appendFast(log, POISON + 1, count);
  }
}
