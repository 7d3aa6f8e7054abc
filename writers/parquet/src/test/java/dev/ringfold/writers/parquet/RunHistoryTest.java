// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogBuilder;
import dev.ringfold.LogOption;
import dev.ringfold.Producer;
import dev.ringfold.RetentionPlan;
import dev.ringfold.RetentionReport;
import dev.ringfold.RetentionRule;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.event.RunClosed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is known about runs when one is opened, and how much of the journal is read for it. */
@Timeout(120)
final class RunHistoryTest {
  private static final int ROWS = 60_000;

  @TempDir Path directory;

  private EventLog open() {
    EventLogBuilder builder = EventLog.builder(directory.resolve("store"));
    JournalRows.small(builder);
    return builder.set(LogOption.RING_SLOTS, 1 << 18).build();
  }

  private static void train(EventLog log, String run, int rows) {
    try (MetricsLogger logger = MetricsLogger.on(log).run(run).open()) {
      for (int i = 0; i < rows; i++) {
        assertThat(logger.step(0, i).costUsd(0.25).creditsUsed(1).log()).isTrue();
      }
    }
  }

  private List<Path> snapshots() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("store/snapshots/runs"))) {
      return files.sorted().toList();
    }
  }

  @Test
  void opensReadWhatCameSinceASnapshotAndNotTheWholeJournal() {
    try (EventLog log = open()) {
      train(log, "a", ROWS);
      RunHistory first = RunHistory.read(log);
      train(log, "b", 10);
      RunHistory second = RunHistory.read(log);

      assertThat(first.folded()).as("the logger saved it").isLessThan(100);
      assertThat(second.folded()).isLessThan(100);
      assertThat(second.costUsd("a")).isEqualTo(ROWS * 0.25);
      assertThat(second.creditsUsed("b")).isEqualTo(10);
      assertThat(second.nextAttempt("a")).isEqualTo(1);
      assertThat(second.nextAttempt("b")).isEqualTo(1);
      assertThat(second.nextAttempt("c")).isZero();
      assertThat(second.isKnown("c")).isFalse();
    }
    try (EventLog log = open()) {
      assertThat(RunHistory.read(log).folded()).as("after a restart").isLessThan(100);
    }
  }

  @Test
  void damagedSnapshotMeansReadingTheJournal() throws IOException {
    try (EventLog log = open()) {
      train(log, "a", ROWS);
      RunHistory.read(log);
      for (Path snapshot : snapshots()) {
        byte[] bytes = Files.readAllBytes(snapshot);
        bytes[bytes.length / 2] ^= 1;
        Files.write(snapshot, bytes);
      }

      RunHistory history = RunHistory.read(log);

      assertThat(history.folded()).isGreaterThanOrEqualTo(ROWS);
      assertThat(history.costUsd("a")).isEqualTo(ROWS * 0.25);
      assertThat(history.nextAttempt("a")).isEqualTo(1);
    }
  }

  @Test
  void snapshotOfAnotherHistoryIsNotUsed() throws IOException {
    try (EventLog log = open()) {
      train(log, "other", ROWS);
      RunHistory.read(log);
    }
    List<Path> others = snapshots();
    Path copies = Files.createDirectory(directory.resolve("copies"));
    for (Path other : others) {
      Files.copy(other, copies.resolve(other.getFileName()));
    }
    deleteStore();
    try (EventLog log = open()) {
      train(log, "a", ROWS + 10_000);
      RunHistory.read(log);
      for (Path own : snapshots()) {
        Files.delete(own);
      }
      for (Path other : others) {
        Files.copy(copies.resolve(other.getFileName()), other);
      }

      RunHistory history = RunHistory.read(log);

      assertThat(history.isKnown("other")).isFalse();
      assertThat(history.costUsd("a")).isEqualTo((ROWS + 10_000) * 0.25);
    }
  }

  private static RetentionPlan all(EventLog log) {
    return log.retention().plan(new RetentionRule.BeforeSequence(Long.MAX_VALUE));
  }

  private static RetentionReport retireAll(EventLog log) {
    return log.retention().apply(all(log));
  }

  /**
   * A segment ends with the next frame behind it, grows while a disk is slow with the next one, and
   * is sealed in the background; only then it may go.
   */
  private static void awaitRetired(EventLog log) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (retireAll(log).segments().isEmpty()) {
      log.requestRoll();
      try (Producer producer = log.producer("roller")) {
        producer.appendAndAwait(log.stream("roller"), new RunClosed(0), AckLevel.JOURNAL);
      }
      assertThat(System.nanoTime())
          .as("nothing is retired: %s of %s", all(log), log.stats())
          .isLessThan(deadline);
      LockSupport.parkNanos(1_000_000L);
    }
  }

  @Test
  void whatRetentionDeletesAfterARunHasEndedStaysKnown() {
    try (EventLog log = open()) {
      train(log, "a", 40_000);
      assertThat(log.holds().find(RunKeeper.HOLD)).as("nobody logs").isEmpty();
      awaitRetired(log);
      train(log, "b", 10);

      try (MetricsLogger again = MetricsLogger.on(log).resume("a").open()) {
        assertThat(again.attempt()).isEqualTo(1);
        assertThat(again.stats().costs().costUsd()).isEqualTo(40_000 * 0.25);
      }
    }
  }

  @Test
  void runsThatGoOnAreHeldAsFarAsTheyAreNotSaved() {
    try (EventLog log = open()) {
      try (MetricsLogger first = MetricsLogger.on(log).run("a").open()) {
        try (MetricsLogger second = MetricsLogger.on(log).run("b").open()) {
          for (int i = 0; i < 40_000; i++) {
            assertThat(first.step(0, i).costUsd(0.25).log()).isTrue();
          }
          assertThat(second.step(0, 0).costUsd(1).log()).isTrue();
          assertThat(first.awaitTable(Duration.ofSeconds(60))).isTrue();
          assertThat(log.awaitDurable(log.lastSequence(), Duration.ofSeconds(60))).isTrue();
          assertThat(retireAll(log).segments()).as("nothing is saved yet").isEmpty();

          RunKeeper keeper = RunKeeper.open(log, RunHistory.read(log));
          keeper.save();
          keeper.release();

          awaitRetired(log);
          RunHistory history = RunHistory.read(log);
          assertThat(history.costUsd("a")).isEqualTo(40_000 * 0.25);
          assertThat(history.costUsd("b")).isEqualTo(1);
          assertThat(history.nextAttempt("a")).isEqualTo(1);
        }
        assertThat(log.holds().find(RunKeeper.HOLD)).as("a logger is open").isPresent();
      }
      assertThat(log.holds().find(RunKeeper.HOLD)).isEmpty();
    }
  }

  @Test
  void aRowOfNoKnownLayoutDoesNotKeepARunFromBeingOpened() {
    try (EventLog log = open();
        Producer producer = log.producer("poison")) {
      MetricsLogged unknownLayout =
          MetricsLogged.complete(4_000, MetricsLogged.Kind.STEP, 0, 0, 0, 1, 2, 3);
      producer.appendAndAwait(log.stream("a"), unknownLayout, AckLevel.JOURNAL);
      train(log, "a", 10);

      RunHistory history = RunHistory.read(log);
      assertThat(history.nextAttempt("a")).isEqualTo(2);
      assertThat(history.costUsd("a")).isEqualTo(2.5);
    }
  }

  private void deleteStore() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("store"))) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
