// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.EventView;
import dev.ringfold.Producer;
import dev.ringfold.RetentionPlan;
import dev.ringfold.RetentionRule;
import dev.ringfold.SegmentRetiredException;
import dev.ringfold.Stream;
import dev.ringfold.event.BuiltinTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogTimeAndRetentionTest {
  private static final String TEXT = TextProjection.NAME;

  @TempDir Path directory;

  private Path store() {
    return directory.resolve("store");
  }

  /** Cuts a part when its first row is 100 ms old in log time. */
  private static final class Aging extends TextProjection {
    private static final long AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private long firstNanos = Long.MAX_VALUE;
    private long nowNanos;

    @Override
    public Set<Integer> types() {
      return Set.of(BuiltinTypes.METRICS_LOGGED.id(), BuiltinTypes.CLOCK_TICKED.id());
    }

    @Override
    public void apply(EventView event) throws Exception {
      nowNanos = event.logTimeNanos();
      if (event.typeId() == BuiltinTypes.METRICS_LOGGED.id()) {
        firstNanos = Math.min(firstNanos, nowNanos);
        super.apply(event);
      }
    }

    @Override
    public boolean commitDue() {
      return dirty() && nowNanos - firstNanos >= AGE_NANOS;
    }

    @Override
    public void commit(Position position) throws IOException {
      super.commit(position);
      firstNanos = Long.MAX_VALUE;
    }

    @Override
    public OptionalLong tickAtNanos() {
      return dirty() ? OptionalLong.of(firstNanos + AGE_NANOS) : OptionalLong.empty();
    }
  }

  @Test
  void aTickOfLogTimeCutsAPartAlthoughNoEventComes() throws IOException {
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime = ProjectionRuntime.builder(log).add(new Aging()).start()) {
      long last = Logs.append(log, 0, 3);
      Logs.await("the cut", () -> runtime.status(TEXT).committedSequence() > last);
    }
    assertThat(Outputs.parts(store().resolve("outputs"))).hasSize(1);
    Path again = directory.resolve("again");
    Outputs.rebuild(store(), again, new Aging());
    assertThat(Outputs.parts(again)).isEqualTo(Outputs.parts(store().resolve("outputs")));
  }

  static void endSegments(EventLog log, int count) {
    try (Producer producer = log.producer("roller")) {
      Stream stream = log.stream("run");
      for (int i = 0; i < count; i++) {
        int before = log.stats().segments();
        log.requestRoll();
        Logs.await(
            "a new segment",
            () -> {
              producer.appendAndAwait(stream, Logs.event(0), AckLevel.JOURNAL);
              return log.stats().segments() > before;
            });
      }
    }
  }

  @Test
  void retentionWaitsForAProjectionThatHasNotCommitted() {
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log).add(new TextProjection()).start()) {
      Logs.append(log, 0, 10);
      Logs.await("a commit", () -> runtime.status(TEXT).committedSequence() > 0);
      runtime.pause(TEXT);
      long stands = runtime.status(TEXT).committedSequence();
      endSegments(log, 3);

      RetentionRule rule = new RetentionRule.BeforeSequence(log.lastSequence());
      Logs.await(
          "the hold",
          () -> log.holds().find("projection-text").orElseThrow().sequence() == stands + 1);
      RetentionPlan plan = log.retention().plan(rule);
      assertThat(plan.floorSequence()).isLessThanOrEqualTo(stands + 1);

      Logs.append(log, 10, TextProjection.ROWS); // However many it took to end the segments.
      runtime.resume(TEXT);
      assertThat(runtime.awaitApplied(TEXT, log.lastSequence(), Logs.PATIENCE)).isTrue();
      Logs.await(
          "the hold to move",
          () -> log.holds().find("projection-text").orElseThrow().sequence() > stands + 1);
    }
  }

  @Test
  void anOutputStaysWhenTheEventsBelowItAreRetiredAndIsNotMadeAnewWithAHole() throws IOException {
    try (EventLog log = Logs.builder(store()).build()) {
      try (ProjectionRuntime runtime =
          ProjectionRuntime.builder(log).add(new TextProjection()).start()) {
        Logs.append(log, 0, 10);
        Logs.await("a commit", () -> runtime.status(TEXT).committedSequence() > 0);
      }
      endSegments(log, 3);
      assertThat(log.holds().remove("projection-text")).isTrue();
      Logs.await(
          "sealed segments",
          () -> {
            RetentionPlan plan =
                log.retention().plan(new RetentionRule.BeforeSequence(log.lastSequence()));
            log.retention().apply(plan);
            return log.floorSequence() > 11;
          });
      try (ProjectionRuntime runtime =
          ProjectionRuntime.builder(log).add(new TextProjection()).start()) {
        Logs.await("the failure", () -> runtime.status(TEXT).state() == ProjectionState.FAILED);
        assertThat(runtime.status(TEXT).failure()).contains("only copy").contains("backup");

        assertThatThrownBy(() -> runtime.reset(TEXT))
            .isInstanceOf(SegmentRetiredException.class)
            .hasMessageContaining("Projection text is not reset")
            .hasMessageContaining(store().resolve("outputs").toString());
        assertThat(Outputs.parts(store().resolve("outputs"))).isNotEmpty();

        Path outputs = store().resolve("outputs");
        Files.move(outputs.resolve(TEXT), outputs.resolve("moved-away"));
        runtime.reset(TEXT);
        assertThat(runtime.awaitApplied(TEXT, log.lastSequence(), Logs.PATIENCE)).isTrue();
      }
    }
  }
}
