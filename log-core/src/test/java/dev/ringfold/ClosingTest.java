// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.event.HealthState;
import dev.ringfold.event.LedgerMark;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.SegmentEntry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A close while something is on its way, stands still or cannot be done. */
class ClosingTest {
  private static final long PATIENCE_SECONDS = 30;
  private static final Duration PATIENCE = Duration.ofSeconds(PATIENCE_SECONDS);

  @TempDir Path directory;

  private Path store() {
    return directory.resolve("store");
  }

  private static Throwable failureOf(CompletableFuture<AppendOutcome> future) throws Exception {
    try {
      throw new AssertionError("completed with " + future.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (TimeoutException e) {
      throw new AssertionError("the future never completes", e);
    }
  }

  private static void awaitClosing(EventLog log, Thread closer) {
    LogFixture.await(
        () ->
            log.health().state() == HealthState.CLOSED
                && closer.getState() == Thread.State.TIMED_WAITING);
  }

  private static Thread closing(EventLog log, AtomicReference<CloseReport> report) {
    Thread closer = new Thread(() -> report.set(log.close(Duration.ZERO)), "closer");
    closer.start();
    return closer;
  }

  @Test
  void whatIsLeftAtTheDeadlineIsDeclaredAndItsFuturesFail() throws Exception {
    List<CompletableFuture<AppendOutcome>> futures = new ArrayList<>();
    AtomicReference<CloseReport> report = new AtomicReference<>();
    EventLog log = LogFixture.builder(store()).build();
    try (StalledJournal stalled = StalledJournal.stopped()) {
      Producer producer = log.producer("p");
      Stream stream = log.stream("s");
      CompletableFuture<AppendOutcome> first =
          producer.append(stream, LogFixture.event(0), AckLevel.DISK);
      stalled.awaitReached();
      for (int step = 1; step <= 10; step++) {
        futures.add(producer.append(stream, LogFixture.event(step), AckLevel.JOURNAL));
      }
      assertThat(producer.offer(stream, LogFixture.event(11))).isTrue();
      Thread closer = closing(log, report);
      awaitClosing(log, closer);

      assertThat(producer.offer(stream, LogFixture.event(12))).isFalse();
      assertThatThrownBy(() -> producer.append(stream, LogFixture.event(13), AckLevel.JOURNAL))
          .isInstanceOf(LogClosedException.class);
      stalled.release();
      closer.join();

      assertThat(first.get(PATIENCE_SECONDS, TimeUnit.SECONDS).isStored()).isTrue();
      for (CompletableFuture<AppendOutcome> future : futures) {
        assertThat(failureOf(future)).isInstanceOf(LogClosedException.class);
      }
    }
    assertThat(report.get().undrained()).isEqualTo(11);
    assertThat(report.get().clean()).isFalse();
    assertThat(report.get().detail()).contains("declared as dropped");
    assertThat(log.close(PATIENCE)).isEqualTo(report.get());
    assertThat(LedgerReading.steps(store(), "s")).containsExactly(0L);
    LedgerMark mark = LedgerReading.closingMarks(store()).get(0);
    assertThat(mark.stored()).isEqualTo(1);
    assertThat(mark.dropped()).isEqualTo(mark.offered() - 1).isBetween(11L, 12L);
    assertThat(LogFixture.manifest(store()).state()).isEqualTo(Manifest.State.CLEAN);
  }

  @Test
  void aJournalThatStandsStillKeepsTheLockUntilACloseSeesItEnd() throws Exception {
    EventLog log = LogFixture.builder(store()).build();
    try (StalledJournal stalled = StalledJournal.stopped()) {
      Producer producer = log.producer("p");
      CompletableFuture<AppendOutcome> future =
          producer.append(log.stream("s"), LogFixture.event(1), AckLevel.DISK);
      stalled.awaitReached();

      CloseReport stuck = log.close(Duration.ZERO);

      assertThat(stuck.clean()).isFalse();
      assertThat(stuck.detail()).contains("ringfold-journal", "stays locked");
      assertThatThrownBy(() -> LogFixture.builder(store()).build())
          .isInstanceOf(StoreLockedException.class);
      assertThat(future).isNotDone();
      stalled.release();
      assertThat(log.close(PATIENCE).clean()).isTrue();
      assertThat(future.get(PATIENCE_SECONDS, TimeUnit.SECONDS).isStored()).isTrue();
    }
    try (EventLog again = LogFixture.builder(store()).build()) {
      assertThat(again.lastSequence()).isPositive();
    }
    assertThat(LedgerReading.steps(store(), "s")).containsExactly(1L);
  }

  private EventLog withoutMarks() {
    Duration never = Duration.ofMinutes(1);
    return LogFixture.builder(store()).set(LogOption.LEDGER_INTERVAL, never).build();
  }

  /** Appends that come in one batch, whose first frame cannot be written. */
  private List<CompletableFuture<AppendOutcome>> inABatchThatFails(
      EventLog log, int appends, AppendOptions options) {
    Producer producer = log.producer("p");
    Stream stream = log.stream("s");
    LogFixture.append(producer, stream, 0); // The names are frames of their own.
    AtomicInteger frames = new AtomicInteger();
    CountDownLatch published = new CountDownLatch(1);
    List<CompletableFuture<AppendOutcome>> futures = new ArrayList<>();
    FaultPoint.Hook hook =
        FaultPoint.install(
            point -> {
              if (point.equals("journal.frame.beforeWrite")) {
                if (frames.incrementAndGet() > 1) {
                  throw new StoreAccessException("the disk is gone");
                }
                LogFixture.await(() -> published.getCount() == 0);
              }
            });
    try (hook) {
      producer.offer(stream, LogFixture.event(0));
      LogFixture.await(() -> frames.get() == 1);
      for (int i = 0; i < appends; i++) {
        futures.add(producer.append(stream, LogFixture.event(1), AckLevel.JOURNAL, options));
      }
      published.countDown();
      LogFixture.await(() -> log.health().state() == HealthState.FAILED);
    }
    return futures;
  }

  @Test
  void aRepeatIsNotAcknowledgedBeforeItsFirstIsWritten() throws Exception {
    EventLog log = withoutMarks();
    for (CompletableFuture<AppendOutcome> future :
        inABatchThatFails(log, 2, AppendOptions.NONE.key("k"))) {
      assertThat(failureOf(future)).isInstanceOf(LogFailedException.class);
    }
    assertThat(log.close(PATIENCE).clean()).isFalse();
  }

  @Test
  void everyFutureOfABatchThatFailsIsTold() throws Exception {
    EventLog log = withoutMarks();
    for (CompletableFuture<AppendOutcome> future :
        inABatchThatFails(log, 300, AppendOptions.NONE)) {
      assertThat(failureOf(future)).isInstanceOf(LogFailedException.class);
    }
    assertThat(log.close(PATIENCE).clean()).isFalse();
  }

  @Test
  void aStoreWithASegmentThatCannotBeSealedIsNotMarkedClean() {
    FaultPoint.Hook hook =
        FaultPoint.install(
            point -> {
              if (point.equals("seal.beforeTruncate")
                  && Thread.currentThread().getName().equals("ringfold-seal")) {
                throw new StoreAccessException("no room for an index");
              }
            });
    EventLog log = LogFixture.builder(store()).build();
    try (hook) {
      Producer producer = log.producer("p");
      Stream stream = log.stream("s");
      log.requestRoll();
      LogFixture.await(
          () -> {
            LogFixture.append(producer, stream, 1);
            return LogFixture.manifest(store()).segments().size() == 2;
          });

      CloseReport report = log.close(PATIENCE);

      assertThat(report.clean()).isFalse();
      assertThat(report.detail()).contains("could not be sealed");
    }
    Manifest left = LogFixture.manifest(store());
    assertThat(left.state()).isEqualTo(Manifest.State.OPEN);
    assertThat(left.segments()).noneMatch(SegmentEntry::sealed);
    try (EventLog again = LogFixture.builder(store()).build()) {
      assertThat(LogFixture.readAll(again.tailer(), 0)).isEqualTo(again.lastSequence() + 1);
    }
  }

  @Test
  void aCloseThatThrowsIsNotClosedCleanAndGivesUpTheLock() {
    EventLog log = LogFixture.builder(store()).build();
    FaultPoint.Hook hook =
        FaultPoint.install(
            point -> {
              if (point.equals("close.beforeManifest")) {
                throw new StoreAccessException("the manifest cannot be written");
              }
            });
    try (hook) {
      assertThatThrownBy(() -> log.close(PATIENCE)).isInstanceOf(StoreAccessException.class);
    }
    assertThat(log.close(PATIENCE).clean()).isFalse();
    assertThat(log.health().state()).isEqualTo(HealthState.CLOSED);
    try (EventLog again = LogFixture.builder(store()).build()) {
      assertThat(again.lastSequence()).isPositive();
    }
  }

  @Test
  void anInterruptedThreadClosesAsAnyOther() {
    EventLog log =
        LogFixture.builder(store()).set(LogOption.RETENTION_AGE, Duration.ofDays(1)).build();
    LogFixture.append(log.producer("p"), log.stream("s"), 1);
    Thread.currentThread().interrupt();

    CloseReport report = log.close(PATIENCE);

    assertThat(Thread.interrupted()).as("is told on").isTrue();
    assertThat(report.clean()).as(report.detail()).isTrue();
    assertThat(LogFixture.manifest(store()).state()).isEqualTo(Manifest.State.CLEAN);
  }
}
