// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.event.ProjectionConfigured;
import dev.ringfold.event.RunClosed;
import dev.ringfold.event.TableCompacted;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.testkit.ProjectionContract;
import dev.ringfold.writers.parquet.Partition;
import dev.ringfold.writers.parquet.TableOptions;
import java.nio.file.Path;
import java.time.Duration;

final class MetricsProjectionContractTest extends ProjectionContract {
  private static final MetricLayout MIXED =
      MetricLayout.builder()
          .doubles("loss", "Loss")
          .column("tokens", MetricType.LONG)
          .column("phase", MetricType.STRING)
          .column("warm", MetricType.BOOLEAN)
          .build();

  private static final int MEMORY_EVENTS = 300_000;

  @Override
  protected Projection projection() {
    return new MetricsProjection();
  }

  @Override
  protected boolean isCompared(Path relative) {
    return !relative.toString().equals("metrics.sql"); // Has absolute paths.
  }

  @Override
  protected void publish(EventLog log, int part) {
    try (Producer producer = log.producer("test")) {
      TableOptions options =
          TableOptions.defaults()
              .withPartRows(5)
              .withSealAfter(Duration.ofHours(1))
              .withPartition(part == 1 ? Partition.RUN : Partition.NONE);
      append(log, producer, new ProjectionConfigured("metrics", options.canonical()));
      MetricsRow training = producer.metrics(log.stream("run-" + part), MetricLayout.training());
      MetricsRow mixed = producer.metrics(log.stream("run/mixed"), MIXED);
      for (int i = 0; i < 12; i++) {
        Tables.offer(training.begin(part, i).set(0, i / 3.0).set(9, "backend " + i % 2));
        if (i % 4 == 0) {
          Tables.offer(
              mixed.begin(part, i).set(0, Double.NaN).set(2, (long) i).set(3, "p").set(4, true));
        }
      }
      append(log, producer, new RunClosed(0));
      if (part > 0) {
        append(log, producer, new TableCompacted(log.lastSequence(), "metrics"));
        Tables.offer(mixed.begin(part, 99).set(1, -0.0));
      }
    }
  }

  private static void append(EventLog log, Producer producer, dev.ringfold.event.Event event) {
    producer.appendAndAwait(log.stream("ringfold.projections"), event, AckLevel.JOURNAL);
  }

  @Override
  protected long publishPoison(EventLog log) {
    try (Producer producer = log.producer("poison")) {
      MetricsLogged unknownLayout =
          MetricsLogged.complete(4_000, MetricsLogged.Kind.STEP, 0, 0, 0, 1, 2, 3);
      return producer
          .appendAndAwait(log.stream("poisoned"), unknownLayout, AckLevel.JOURNAL)
          .firstSequence();
    }
  }

  @Override
  protected int memoryEvents() {
    return MEMORY_EVENTS;
  }

  @Override
  protected void publishMany(EventLog log, int count) {
    try (Producer producer = log.producer("many")) {
      MetricsRow row = producer.metrics(log.stream("many"), MetricLayout.training());
      for (int i = 0; i < count; i++) {
        Tables.offer(row.begin(0, i).set(0, (double) i));
      }
    }
  }

  @Override
  protected long memoryGrowthBytes() {
    return 48L << 20; // A part's arrays grow until the part is full.
  }
}
