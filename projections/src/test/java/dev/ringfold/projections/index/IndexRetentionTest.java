// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.Producer;
import dev.ringfold.RetentionRule;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.projections.index.IndexFixture.Known;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A range that is not full yet holds back nothing: an index may begin anywhere. */
final class IndexRetentionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int RANGE = IndexFixture.SMALL.range();

  @TempDir Path directory;

  @Test
  void retentionDoesNotWaitForTheEndOfARange() throws Exception {
    Random random = new Random(IndexFixture.SEED);
    Path store = directory.resolve("store");
    Path outputs = store.resolve("outputs");
    long floor;
    try (EventLog log = IndexFixture.builder(store).build();
        ProjectionRuntime first = runtime(log)) {
      IndexFixture.publish(log, RANGE * 2 + RANGE / 2, random);
      endSegment(log);
      assertThat(first.awaitApplied(EventIndex.NAME, log.lastSequence(), PATIENCE)).isTrue();
      floor = retireAll(log, RANGE * 2);
      assertThat(first.status(EventIndex.NAME).committedSequence()).isEqualTo(RANGE * 2 - 1);
    }
    try (EventLog log = IndexFixture.builder(store).build();
        ProjectionRuntime second = runtime(log)) {
      IndexFixture.publish(log, RANGE * 2, random);
      assertThat(second.awaitApplied(EventIndex.NAME, log.lastSequence(), PATIENCE)).isTrue();
      assertThat(second.status(EventIndex.NAME).failure()).isEmpty();
    }
    try (EventLogReader log = IndexFixture.read(store)) {
      assertThat(log.floorSequence()).isEqualTo(floor);
      List<Known> all = IndexFixture.all(log);
      EventIndex index = EventIndex.open(log, outputs);
      assertThat(index.ranges())
          .isEqualTo((int) ((all.get(all.size() - 1).sequence() + 1) / RANGE));
      IndexQuery closed = IndexQuery.ALL.types(BuiltinTypes.RUN_CLOSED.id());
      List<long[]> worth = IndexFixture.ranges(index.select(closed));
      assertThat(all.stream().filter(event -> event.passes(closed)))
          .isNotEmpty()
          .allMatch(
              event ->
                  worth.stream()
                      .anyMatch(
                          range -> range[0] <= event.sequence() && event.sequence() <= range[1]));
    }
  }

  private static ProjectionRuntime runtime(EventLog log) {
    return ProjectionRuntime.builder(log).add(new IndexProjection(IndexFixture.SMALL)).start();
  }

  private static void endSegment(EventLog log) {
    int before = log.stats().segments();
    log.requestRoll();
    try (Producer producer = log.producer("roller")) {
      await(
          "a new segment",
          () -> {
            producer.appendAndAwait(log.stream("run-0"), IndexFixture.metrics(0), AckLevel.JOURNAL);
            return log.stats().segments() > before;
          });
    }
  }

  /** Retires what may go; the new floor, which lies behind this sequence. */
  private static long retireAll(EventLog log, long behind) {
    await(
        "a floor in the middle of a range",
        () -> {
          RetentionRule rule = new RetentionRule.BeforeSequence(Long.MAX_VALUE);
          log.retention().apply(log.retention().plan(rule));
          return log.floorSequence() > behind;
        });
    return log.floorSequence();
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited for %s", what).isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }
}
