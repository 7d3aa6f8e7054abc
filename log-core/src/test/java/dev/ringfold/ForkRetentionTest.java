// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.journal.ManifestFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The parent's retention decides to delete segments, a fork chooses them all the same, and then
 * they go: the fork is whole, or it is refused and nothing of it is left.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ForkRetentionTest {
  private static final int SEGMENTS = 3;
  private static final int EVENTS = 40;

  @TempDir private Path directory;

  /**
   * Lets retention wait between its decision and its deed until a fork is at a point, and the fork
   * wait there until retention is at another point, or at its end.
   */
  private record Race(
      String forkPoint,
      String retentionPoint,
      CountDownLatch decided,
      CountDownLatch chosen,
      CountDownLatch deleted,
      CountDownLatch forked)
      implements Consumer<String> {
    static Race of(String forkPoint, String retentionPoint) {
      return new Race(
          forkPoint,
          retentionPoint,
          new CountDownLatch(1),
          new CountDownLatch(1),
          new CountDownLatch(1),
          new CountDownLatch(1));
    }

    @Override
    public void accept(String point) {
      if (point.equals("retention.beforeManifest")) {
        decided.countDown();
        await(chosen);
      } else if (point.equals(retentionPoint)) {
        deleted.countDown();
        await(forked);
      } else if (point.equals(forkPoint)) {
        chosen.countDown();
        await(deleted);
      }
    }

    static void await(CountDownLatch latch) {
      try {
        assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "fork.manifestRead, retention.afterManifest",
    "fork.manifestRead, retention.deleted",
    "fork.manifestRead, end",
    "fork.chosen, retention.afterManifest",
    "fork.chosen, retention.deleted",
    "fork.chosen, end",
    "fork.linked, retention.afterManifest",
    "fork.linked, retention.deleted",
    "fork.linked, end",
  })
  void aForkWhoseSegmentsGoIsWholeOrRefused(String forkPoint, String retentionPoint)
      throws Exception {
    for (boolean byPath : new boolean[] {true, false}) {
      Path store = directory.resolve("store-" + byPath);
      try (EventLog log = LogFixture.builder(store).build();
          Producer producer = log.producer("writer")) {
        fill(log, producer);
        long floor = ManifestFile.read(store).segments().get(2).firstSequence();
        SortedMap<Long, String> parent = ForkReading.events(log.tailer().fromSequence(0));
        long last = parent.lastKey();
        assertThat(log.awaitDurable(last, java.time.Duration.ofSeconds(60))).isTrue();
        long segment = ManifestFile.read(store).segments().get(1).firstSequence();

        // Retention goes as far as the first fork lets it, so each has a part of the journal to go.
        race(log, Race.of(forkPoint, retentionPoint), segment, byPath, fork -> refused(fork, 5));
        race(log, Race.of(forkPoint, retentionPoint), floor, byPath, fork -> whole(fork, last));

        assertThat(ForkReading.events(directory.resolve("whole-" + byPath)))
            .as("nothing between floor and end is missing")
            .isEqualTo(parent.tailMap(floor));
        assertThat(log.floorSequence()).isEqualTo(floor);
      }
    }
  }

  private static void fill(EventLog log, Producer producer) {
    dev.ringfold.Stream stream = log.stream("s");
    for (int segment = 0; segment < SEGMENTS; segment++) {
      for (int i = 0; i < EVENTS; i++) {
        LogFixture.append(producer, stream, i);
      }
      LogFixture.endSegment(log, producer, stream);
    }
  }

  /** Forks, given a way to do so. */
  private interface Attempt {
    void with(Forking fork) throws IOException;
  }

  /** Forks at a sequence, to a name. */
  private interface Forking {
    ForkReport at(long sequence, String name);
  }

  private void race(EventLog log, Race race, long floor, boolean byPath, Attempt attempt)
      throws Exception {
    RetentionPlan plan = log.retention().plan(new RetentionRule.BeforeSequence(floor));
    assertThat(plan.segments()).hasSize(1);
    FutureTask<RetentionReport> retention =
        new FutureTask<>(
            () -> {
              try {
                return log.retention().apply(plan);
              } finally {
                race.deleted().countDown();
              }
            });
    Thread thread = new Thread(retention, "retention");
    try (FaultPoint.Hook hook = FaultPoint.install(race)) {
      assertThat(hook).isNotNull();
      thread.start();
      Race.await(race.decided());
      attempt.with(
          (sequence, name) -> {
            Path target = directory.resolve(name + "-" + byPath);
            return byPath
                ? Forks.fork(log.directory(), sequence, target, "")
                : log.fork(sequence, target, "");
          });
    } finally {
      race.chosen().countDown();
      race.forked().countDown();
      finish(retention);
    }
  }

  private static void finish(FutureTask<RetentionReport> retention)
      throws ExecutionException, InterruptedException {
    assertThat(retention.get().segments()).hasSize(1);
  }

  private void refused(Forking fork, long sequence) throws IOException {
    assertThatThrownBy(() -> fork.at(sequence, "refused"))
        .isInstanceOf(SegmentRetiredException.class)
        .hasMessageContaining(Long.toString(sequence));
    assertThat(names()).noneMatch(name -> name.startsWith(".") || name.startsWith("refused"));
  }

  private void whole(Forking fork, long sequence) throws IOException {
    ForkReport report = fork.at(sequence, "whole");
    assertThat(report.sequence()).isEqualTo(sequence);
    assertThat(names()).noneMatch(name -> name.startsWith("."));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(path -> String.valueOf(path.getFileName())).toList();
    }
  }
}
