// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.Producer;
import dev.ringfold.event.LedgerMark;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.event.RunClosed;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.testkit.ProjectionContract;
import java.nio.file.Path;

final class LedgerProjectionContractTest extends ProjectionContract {
  @Override
  protected Projection projection() {
    return new LedgerProjection();
  }

  @Override
  protected boolean isCompared(Path relative) {
    return !relative.toString().equals("metrics.sql"); // Has absolute paths.
  }

  @Override
  protected void publish(EventLog log, int part) {
    try (Producer producer = log.producer("producer-" + part)) {
      for (int i = 0; i < 6 + part; i++) {
        producer.appendAndAwait(
            log.stream("run"),
            MetricsLogged.complete(0, MetricsLogged.Kind.STEP, 0, part, i),
            AckLevel.JOURNAL);
        if (i % 3 == 0) {
          producer.appendAndAwait(log.stream("run"), new RunClosed(i), AckLevel.JOURNAL);
        }
      }
    }
  }

  @Override
  protected long publishPoison(EventLog log) {
    try (Producer producer = log.producer("poison")) {
      LedgerMark unknownName = new LedgerMark(1, 1, 60_000, 1, 1, 0, false, false);
      return producer
          .appendAndAwait(log.stream("run"), unknownName, AckLevel.JOURNAL)
          .firstSequence();
    }
  }
}
