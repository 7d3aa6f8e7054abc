// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.at;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.EventLogReader;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionRunner;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.at.LivedStore.Noticed;
import dev.ringfold.replay.backup.Backup.Form;
import dev.ringfold.replay.backup.Backups;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.format.ZarrVersion;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store that was restored to a sequence shows what the original showed live at that sequence:
 * rows of metrics, the list of checkpoints, the states, a user's projection. A second process noted
 * the live hashes; backups were taken meanwhile; the outputs are made from the restored journal.
 * More places by {@code -Dringfold.rounds}.
 */
final class RestoredViewsTest {
  private static final long SEED = Long.getLong("ringfold.seed", 20_261_122L);
  private static final int ROUNDS = Integer.getInteger("ringfold.rounds", 12);
  private static final int PLACES_PER_LOOK = 3;
  private static final long PARK_NANOS = 20_000_000;

  @TempDir private Path folder;
  private final Map<String, Integer> compared = new HashMap<>();

  @Test
  void aRestoredStoreShowsWhatTheOriginalShowedThen() throws Exception {
    System.out.println("seed " + SEED + ", places " + ROUNDS);
    LivedStore lived = new LivedStore(folder);
    Backups backups = Backups.open(folder.resolve("backups"));
    List<Noticed> live =
        lived.live(
            SEED,
            PLACES_PER_LOOK,
            () -> {
              awaitSeen(lived);
              backups.full(lived.store(), Form.DIRECTORY);
              backups.incremental(lived.store(), Form.ARCHIVE);
            });
    backups.incremental(lived.store(), Form.DIRECTORY);

    for (long sequence : places(live)) {
      Path restored = folder.resolve("restored-" + sequence);
      backups.restore(Backups.NEWEST, new Point.Sequence(sequence), restored);
      fold(restored);
      compare(live, sequence, LiveObserver.whole(restored), "output");
      compare(live, sequence, views(restored), "view");
    }

    System.out.println(compared);
    assertThat(compared.get("view of " + TimeTravelWriter.STATES)).isGreaterThan(ROUNDS / 2);
    assertThat(compared.get("output of " + LiveObserver.METRICS)).isGreaterThan(ROUNDS / 2);
    assertThat(compared.get("output of " + LiveObserver.CHECKPOINTS)).isGreaterThan(1);
    assertThat(compared.get("output of " + LiveObserver.TOTAL)).isGreaterThan(1);
  }

  private static void awaitSeen(LivedStore lived) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!lived.isSeen()) {
      assertThat(System.nanoTime()).as("somebody has seen rows").isLessThan(deadline);
      LockSupport.parkNanos(PARK_NANOS);
    }
  }

  /** A third of them where checkpoints were noted, a third of totals, the others of rows. */
  private static TreeSet<Long> places(List<Noticed> live) {
    TreeSet<Long> places = new TreeSet<>();
    List<Noticed> all = new ArrayList<>(live);
    Collections.shuffle(all, new Random(SEED));
    int third = Math.max(2, ROUNDS / 3);
    for (String view : List.of(LiveObserver.CHECKPOINTS, LiveObserver.TOTAL)) {
      LivedStore.sample(all, view, third, SEED).forEach(one -> places.add(one.sequence()));
    }
    for (Noticed one : LivedStore.sample(all, LiveObserver.METRICS, all.size(), SEED)) {
      if (places.size() < ROUNDS) {
        places.add(one.sequence());
      }
    }
    assertThat(places).hasSizeGreaterThanOrEqualTo(ROUNDS);
    return places;
  }

  /** Makes the outputs of a store that has none. */
  private static void fold(Path store) throws IOException {
    try (EventLogReader log = EventLogReader.open(store, Noted.types());
        var blobs = log.blobs()) {
      List<Projection> all =
          List.of(
              MetricTables.metrics(), Checkpoints.trees(blobs, ZarrVersion.V2), new NotedTotal());
      for (Projection each : all) {
        ProjectionRunner.fold(
            log, each, store.resolve("outputs"), store.resolve("snapshots"), Long.MAX_VALUE);
      }
    }
  }

  private static Map<String, String> views(Path store) throws IOException {
    Map<String, String> seen = new HashMap<>();
    try (StoreView view = StoreView.at(store, Noted.types(), new Point.End());
        PastProjection<NotedTotal> total = view.projection(new NotedTotal())) {
      seen.put(LiveObserver.METRICS, view.metricsHash());
      seen.put(LiveObserver.CHECKPOINTS, view.checkpointsHash());
      seen.put(LiveObserver.TOTAL, total.hash());
      seen.put(TimeTravelWriter.STATES, view.statesHash());
    }
    return seen;
  }

  private void compare(List<Noticed> live, long sequence, Map<String, String> seen, String what) {
    seen.forEach(
        (view, hash) -> {
          String noted = noted(live, view, sequence);
          if (noted != null) {
            assertThat(hash).as("%s of %s at %s", what, view, sequence).isEqualTo(noted);
            compared.merge(what + " of " + view, 1, Integer::sum);
          }
        });
  }

  private static @Nullable String noted(List<Noticed> live, String view, long sequence) {
    return view.equals(TimeTravelWriter.STATES)
        ? LivedStore.states(live, sequence)
        : LivedStore.noted(live, view, sequence);
  }
}
