// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.journal.RetiredSegments;
import dev.ringfold.internal.journal.SegmentFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Retention on a disk without room for the manifest, and in a log that is closed meanwhile. */
class RetentionTroubleTest {
  private static final int SEALED = 3;
  private static final long SAFETY_SECONDS = 60;
  private static final long LOOK_MILLIS = 300;

  @TempDir Path directory;
  private Path store;
  private EventLog log;

  @BeforeEach
  void openWithSealedSegments() {
    store = directory.resolve("store");
    log = LogFixture.builder(store).build();
    try (Producer producer = log.producer("writer")) {
      for (int i = 0; i < SEALED; i++) {
        LogFixture.endSegment(log, producer, log.stream("s"));
      }
    }
  }

  @AfterEach
  void close() {
    log.close();
  }

  private RetentionPlan plan() {
    return log.retention().plan(new RetentionRule.BeforeSequence(Long.MAX_VALUE));
  }

  @Test
  void whatWasLeftWithoutRoomForTheManifestIsDeletedByTheNextApply() {
    RetentionPlan plan = plan();
    Thread here = Thread.currentThread();
    try (FaultPoint.Hook hook =
        FaultPoint.install(
            point -> {
              if (point.equals("manifest.tmpWritten") && Thread.currentThread() == here) {
                throw new DiskFullException("no room", null);
              }
            })) {
      assertThat(hook).isNotNull();
      assertThatThrownBy(() -> log.retention().apply(plan)).isInstanceOf(DiskFullException.class);
      assertThatThrownBy(() -> log.retention().apply(plan)).isInstanceOf(DiskFullException.class);
    }
    assertThat(SegmentFiles.present(store)).as("still on the disk").startsWith(1);
    assertThat(LogFixture.manifest(store).floorSequence()).isZero();

    log.retention().apply(plan());
    long kept = LogFixture.manifest(store).segments().get(0).number();
    assertThat(kept).isEqualTo(SEALED + 1);
    assertThat(SegmentFiles.present(store)).startsWith(kept);
    assertThat(RetiredSegments.list(store)).hasSize(SEALED);
    assertThat(LogFixture.readAll(log.tailer(), log.floorSequence())).isPositive();
  }

  @Test
  void closingWaitsForAnApplyAndRefusesLaterOnes() throws Exception {
    RetentionPlan plan = plan();
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (FaultPoint.Hook hook =
        FaultPoint.install(
            point -> {
              if (point.equals("retention.beforeManifest")) {
                reached.countDown();
                await(goOn);
              }
            })) {
      assertThat(hook).isNotNull();
      CompletableFuture<RetentionReport> applied =
          CompletableFuture.supplyAsync(() -> log.retention().apply(plan));
      await(reached);
      CompletableFuture<CloseReport> closing =
          CompletableFuture.supplyAsync(() -> log.close(Duration.ofSeconds(SAFETY_SECONDS)));
      assertThatThrownBy(() -> closing.get(LOOK_MILLIS, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      goOn.countDown();

      assertThat(applied.get(SAFETY_SECONDS, TimeUnit.SECONDS).segments()).hasSize(SEALED);
      assertThat(closing.get(SAFETY_SECONDS, TimeUnit.SECONDS).clean()).isTrue();
    }
    assertThatThrownBy(() -> log.retention().apply(plan)).isInstanceOf(LogClosedException.class);
    assertThat(LogFixture.manifest(store).segments().get(0).number()).isEqualTo(SEALED + 1);
  }

  @Test
  void closingStopsAnApplyThatWaitsForTheJournal() throws Exception {
    RetentionPlan plan = plan();
    try (StalledJournal stalled = StalledJournal.stopped()) {
      CompletableFuture<RetentionReport> applied =
          CompletableFuture.supplyAsync(() -> log.retention().apply(plan));
      stalled.awaitReached();
      CompletableFuture<CloseReport> closing =
          CompletableFuture.supplyAsync(() -> log.close(Duration.ofSeconds(SAFETY_SECONDS)));
      assertThatThrownBy(() -> applied.get(SAFETY_SECONDS / 4, TimeUnit.SECONDS))
          .hasCauseInstanceOf(LogClosedException.class);
      assertThat(SegmentFiles.present(store)).startsWith(1);

      stalled.release();
      assertThat(closing.get(SAFETY_SECONDS, TimeUnit.SECONDS).clean()).isTrue();
    }
    try (EventLog again = LogFixture.builder(store).build()) {
      assertThat(again.floorSequence()).as("what was announced is finished").isPositive();
      assertThat(SegmentFiles.present(store)).doesNotContain(1);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(SAFETY_SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
