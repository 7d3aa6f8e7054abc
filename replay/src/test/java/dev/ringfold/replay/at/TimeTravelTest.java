// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.at;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.Producer;
import dev.ringfold.RetentionPlan;
import dev.ringfold.RetentionRule;
import dev.ringfold.SegmentRetiredException;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.projections.ProjectionRunner;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.at.LivedStore.Noticed;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is seen of the past later is what was seen live: a second process notes hashes of the live
 * outputs while they are written, and this one, after a compaction, a rebuild and retention, works
 * them out again from the past. More places by {@code -Dringfold.rounds}.
 */
final class TimeTravelTest {
  private static final long SEED = Long.getLong("ringfold.seed", 20_261_121L);
  private static final int ROUNDS = Integer.getInteger("ringfold.rounds", 25);

  /** A look notes so many random places. */
  private static final int PLACES = Math.max(20, ROUNDS / 8);

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @TempDir private Path folder;

  @Test
  void thePastIsWhatItWasLive() throws Exception {
    System.out.println("seed " + SEED + ", places " + ROUNDS);
    LivedStore lived = new LivedStore(folder);
    Path store = lived.store();
    List<Noticed> live = lived.live(SEED, PLACES, () -> {});
    List<Noticed> metrics = sample(live, LiveObserver.METRICS);
    List<Noticed> checkpoints = sample(live, LiveObserver.CHECKPOINTS);
    List<Noticed> totals = sample(live, LiveObserver.TOTAL);
    List<Noticed> states = sample(live, TimeTravelWriter.STATES);
    assertThat(metrics).hasSizeGreaterThan(10);
    assertThat(checkpoints).hasSizeGreaterThan(3);
    assertThat(totals).hasSizeGreaterThan(3);
    assertThat(states).hasSizeGreaterThan(3);

    compact(store);
    for (Noticed one : states) {
      assertThat(hash(store, one)).as("states at %s", one.sequence()).isEqualTo(one.hash());
    }
    check(store, metrics, checkpoints, totals);

    Files.move(store.resolve("outputs"), folder.resolve("first outputs"));
    check(store, few(metrics), few(checkpoints), List.of());
    try (EventLogReader log = EventLogReader.open(store, Noted.types())) {
      ProjectionRunner.fold(
          log,
          MetricTables.metrics(),
          store.resolve("outputs"),
          folder.resolve("none"),
          Long.MAX_VALUE);
    }
    check(store, few(metrics), List.of(), List.of());

    retire(store);
    checkAboveFloor(store, metrics, checkpoints, totals);
  }

  private void check(
      Path store, List<Noticed> metrics, List<Noticed> checkpoints, List<Noticed> totals)
      throws IOException {
    for (Noticed one : metrics) {
      assertThat(hash(store, one)).as("metrics at %s", one.sequence()).isEqualTo(one.hash());
    }
    for (Noticed one : checkpoints) {
      assertThat(hash(store, one)).as("checkpoints at %s", one.sequence()).isEqualTo(one.hash());
    }
    for (Noticed one : totals) {
      assertThat(hash(store, one)).as("total at %s", one.sequence()).isEqualTo(one.hash());
    }
  }

  /** Above the floor all is as before, or it is said that it cannot be told any more. */
  private void checkAboveFloor(
      Path store, List<Noticed> metrics, List<Noticed> checkpoints, List<Noticed> totals)
      throws IOException {
    long floor;
    try (EventLogReader log = EventLogReader.open(store, Noted.types())) {
      floor = log.floorSequence();
    }
    assertThat(floor).isPositive();
    int equal = 0;
    int refused = 0;
    for (List<Noticed> view : List.of(metrics, checkpoints, totals)) {
      for (Noticed one : view) {
        try {
          assertThat(hash(store, one)).as(one.toString()).isEqualTo(one.hash());
          assertThat(one.sequence()).isGreaterThanOrEqualTo(floor);
          equal++;
        } catch (SegmentRetiredException gone) {
          assertThat(gone.floorSequence()).isEqualTo(floor);
          refused++;
        }
      }
    }
    assertThat(equal).isGreaterThan(metrics.size() / 5);
    assertThat(refused).isPositive();
    assertThatThrownBy(() -> StoreView.at(store, new Point.Sequence(floor - 1)).close())
        .isInstanceOf(SegmentRetiredException.class)
        .hasMessageContaining("backup");
  }

  /** Enough where the way to the answer is another one, but the answers are known. */
  private static <T> List<T> few(List<T> all) {
    return all.subList(0, Math.min(all.size(), Math.max(4, ROUNDS / 5)));
  }

  private static String hash(Path store, Noticed one) throws IOException {
    try (StoreView view = StoreView.at(store, Noted.types(), new Point.Sequence(one.sequence()))) {
      if (one.view().equals(LiveObserver.METRICS)) {
        return view.metricsHash();
      }
      if (one.view().equals(LiveObserver.CHECKPOINTS)) {
        return view.checkpointsHash();
      }
      if (one.view().equals(TimeTravelWriter.STATES)) {
        return view.statesHash();
      }
      try (PastProjection<NotedTotal> total = view.projection(new NotedTotal())) {
        return total.hash();
      }
    }
  }

  // ---- the store's life

  private static List<Noticed> sample(List<Noticed> all, String view) {
    return LivedStore.sample(all, view, ROUNDS, SEED);
  }

  private static EventLog open(Path store) {
    return EventLog.builder(store).environment(Map.of()).register(Noted.TYPE).build();
  }

  private static void compact(Path store) throws IOException {
    Path outputs = store.resolve("outputs");
    int before = MetricTable.open(MetricTables.metricsTable(outputs)).parts().size();
    try (EventLog log = open(store);
        Producer producer = log.producer("compaction");
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log)
                .add(MetricTables.metrics())
                .add(MetricTables.ledger())
                .start()) {
      long sequence =
          producer
              .appendAndAwait(
                  log.stream(MetricTables.STREAM),
                  MetricTables.compaction(outputs).orElseThrow(),
                  AckLevel.DISK)
              .lastSequence();
      assertThat(runtime.awaitApplied(MetricTables.METRICS, sequence, TIMEOUT)).isTrue();
      assertThat(runtime.awaitApplied(MetricTables.LEDGER, sequence, TIMEOUT)).isTrue();
    }
    assertThat(MetricTable.open(MetricTables.metricsTable(outputs)).parts())
        .hasSizeLessThan(before);
  }

  /** Deletes what was before the first checkpoint; later ones tell of those that are gone. */
  private static void retire(Path store) {
    long[] first = {-1};
    try (EventLogReader log = EventLogReader.open(store, Noted.types());
        Tailer tailer = log.tailer().types(BuiltinTypes.CHECKPOINT_COMMITTED.id()).open()) {
      tailer.poll(event -> first[0] = event.sequence(), 1);
    }
    try (EventLog log = open(store)) {
      RetentionPlan plan = log.retention().plan(new RetentionRule.BeforeSequence(first[0]));
      assertThat(plan.segments()).as("%s", plan).isNotEmpty();
      log.retention().apply(plan);
    }
  }
}
