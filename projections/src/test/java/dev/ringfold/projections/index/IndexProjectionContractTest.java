// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.index;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.Producer;
import dev.ringfold.Stream;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.testkit.ProjectionContract;
import java.util.Random;

/** The index keeps what every projection has to keep. */
final class IndexProjectionContractTest extends ProjectionContract {
  private static final int EVENTS = 45;

  @Override
  protected Projection projection() {
    return new IndexProjection(new Grain(4, 1));
  }

  @Override
  protected void publish(EventLog log, int part) {
    IndexFixture.publish(log, EVENTS, new Random(part));
  }

  @Override
  protected int memoryEvents() {
    return 1_000;
  }

  @Override
  protected int maxCrashes() {
    return 20;
  }

  @Override
  protected void publishMany(EventLog log, int count) {
    try (Producer producer = log.producer("test")) {
      Stream stream = log.stream("run");
      for (int step = 1; step < count; step++) {
        producer.append(stream, IndexFixture.metrics(step), AckLevel.RING);
      }
      producer.appendAndAwait(stream, IndexFixture.metrics(count), AckLevel.JOURNAL);
    }
  }
}
