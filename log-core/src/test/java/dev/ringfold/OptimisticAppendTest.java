// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.internal.io.ChildJvm;
import dev.ringfold.internal.io.FaultPoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Expectations, idempotency keys and atomic groups, also across restarts. */
class OptimisticAppendTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;

  private Path store() {
    return directory.resolve("store");
  }

  @Test
  void ofTwoRacingAppendsWithOneExpectationExactlyOneWins() throws Exception {
    int rounds = 5_000;
    for (int session = 0; session < 2; session++) {
      try (EventLog log = LogFixture.builder(store()).build()) {
        List<List<AppendOutcome>> outcomes = race(log, (long) session * rounds, rounds);
        for (int round = 0; round < rounds; round++) {
          AppendOutcome left = outcomes.get(0).get(round);
          AppendOutcome right = outcomes.get(1).get(round);
          AppendOutcome loser = left.isStored() ? right : left;
          long version = (long) session * rounds + round;
          assertThat(left.isStored() ^ right.isStored()).as("round %d", round).isTrue();
          assertThat(loser)
              .isEqualTo(
                  new AppendOutcome.VersionConflict(
                      log.stream("account").id(), version, version + 1));
        }
      }
    }
    assertThat(LedgerReading.steps(store(), "account")).hasSize(2 * rounds);
  }

  private static List<List<AppendOutcome>> race(EventLog log, long firstVersion, int rounds)
      throws InterruptedException {
    CyclicBarrier barrier = new CyclicBarrier(2);
    List<List<AppendOutcome>> outcomes = List.of(new ArrayList<>(), new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      List<AppendOutcome> mine = outcomes.get(i);
      String name = "racer-" + i;
      Thread thread =
          new Thread(
              () -> {
                try (Producer producer = log.producer(name)) {
                  Stream stream = log.stream("account");
                  for (int round = 0; round < rounds; round++) {
                    barrier.await();
                    mine.add(
                        producer.appendAndAwait(
                            stream,
                            LogFixture.event(round),
                            AckLevel.JOURNAL,
                            AppendOptions.NONE.expectVersion(firstVersion + round),
                            PATIENCE));
                  }
                } catch (InterruptedException | BrokenBarrierException e) {
                  throw new AssertionError(e);
                } finally {
                  barrier.reset(); // A failed racer must not leave the other one waiting.
                }
              },
              name);
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return outcomes;
  }

  private static AppendOutcome keyed(EventLog log, Producer producer, String key, long step) {
    return producer.appendAndAwait(
        log.stream("orders"),
        LogFixture.event(step),
        AckLevel.JOURNAL,
        AppendOptions.NONE.key(key).eventTimeNanos(step),
        PATIENCE);
  }

  @Test
  void theSameKeyTwiceIsOneEventAndTheSameReceiptAlsoAcrossARestart() {
    Receipt first;
    try (EventLog log = LogFixture.builder(store()).build();
        Producer producer = log.producer("agent")) {
      first = keyed(log, producer, "order-1", 1).receipt();
      AppendOutcome again = keyed(log, producer, "order-1", 1);
      assertThat(again).isInstanceOf(AppendOutcome.Duplicate.class);
      assertThat(again.receipt()).isEqualTo(first);
      assertThat(keyed(log, producer, "order-1", 2))
          .isEqualTo(new AppendOutcome.KeyConflict(first.firstSequence()));
    }
    try (EventLog log = LogFixture.builder(store()).build();
        Producer producer = log.producer("agent")) {
      AppendOutcome again = keyed(log, producer, "order-1", 1);
      assertThat(again).isInstanceOf(AppendOutcome.Duplicate.class);
      assertThat(again.receipt()).isEqualTo(first);
      assertThat(keyed(log, producer, "order-1", 3))
          .isEqualTo(new AppendOutcome.KeyConflict(first.firstSequence()));
    }
    assertThat(LedgerReading.steps(store(), "orders")).containsExactly(1L);
  }

  @Test
  void aKeyThatLeftTheWindowIsNeverSilentlyNew() {
    int keys = 200;
    for (int session = 0; session < 2; session++) {
      try (EventLog log = LogFixture.builder(store()).set(LogOption.KEY_WINDOW, 16).build();
          Producer producer = log.producer("agent")) {
        for (int i = 0; session == 0 && i < keys; i++) {
          assertThat(keyed(log, producer, "k" + i, i)).isInstanceOf(AppendOutcome.Appended.class);
        }
        assertThat(keyed(log, producer, "k0", 0))
            .isInstanceOf(AppendOutcome.KeyWindowExpired.class);
        assertThat(keyed(log, producer, "k0", 99))
            .isInstanceOf(AppendOutcome.KeyWindowExpired.class);
        assertThat(keyed(log, producer, "k" + (keys - 1), keys - 1))
            .isInstanceOf(AppendOutcome.Duplicate.class);
      }
    }
    assertThat(LedgerReading.steps(store(), "orders")).hasSize(keys);
  }

  @Test
  void aGroupWithAFailedExpectationStoresNothing() {
    try (EventLog log = LogFixture.builder(store()).build();
        Producer producer = log.producer("agent")) {
      Stream a = log.stream("a");
      Stream b = log.stream("b");
      AppendOutcome stored =
          producer
              .unitOfWork()
              .add(a, LogFixture.event(1), AppendOptions.NONE.expectVersion(0))
              .add(b, LogFixture.event(2))
              .commitAndAwait(AckLevel.DISK, PATIENCE);
      AppendOutcome refused =
          producer
              .unitOfWork()
              .add(a, LogFixture.event(3))
              .add(b, LogFixture.event(4), AppendOptions.NONE.expectVersion(0))
              .commitAndAwait(AckLevel.DISK, PATIENCE);

      assertThat(stored.receipt().count()).isEqualTo(2);
      assertThat(refused).isEqualTo(new AppendOutcome.VersionConflict(b.id(), 0, 1));
    }
    assertThat(LedgerReading.steps(store(), "a")).containsExactly(1L);
    assertThat(LedgerReading.steps(store(), "b")).containsExactly(2L);
  }

  /** Commits groups of five until it is halted. */
  static final class Grouping {
    private Grouping() {}

    public static void main(String[] args) {
      try (EventLog log = LogFixture.builder(Path.of(args[0])).build();
          Producer producer = log.producer("agent")) {
        Stream stream = log.stream("groups");
        for (int group = 0; ; group++) {
          UnitOfWork unit = producer.unitOfWork();
          for (int i = 0; i < 5; i++) {
            unit.add(stream, LogFixture.event(group));
          }
          unit.commit(AckLevel.JOURNAL);
        }
      }
    }
  }

  @Test
  void aGroupIsWholeOrAbsentAfterACrash() {
    List<String> arguments = new ArrayList<>(ChildJvm.FLAGS);
    arguments.add("-D" + FaultPoint.PROPERTY + "=journal.frame.beforeWrite:60");
    try (ChildJvm child = ChildJvm.start(Grouping.class, arguments, store())) {
      assertThat(child.exitCode()).as(child.errors()).isEqualTo(FaultPoint.HALT_STATUS);
    }
    try (EventLog log = LogFixture.builder(store()).build()) {
      assertThat(log.durableSequence()).isNotNegative();
    }

    Map<Long, Integer> sizes = new HashMap<>();
    LedgerReading.steps(store(), "groups").forEach(step -> sizes.merge(step, 1, Integer::sum));
    assertThat(sizes).isNotEmpty().allSatisfy((group, size) -> assertThat(size).isEqualTo(5));
  }
}
