// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.event.CheckpointCommitted;
import dev.ringfold.internal.journal.KnownBackups;
import dev.ringfold.internal.journal.ManifestFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RetentionPolicyTest {
  private static final String THREAD = "ringfold-retention";

  @TempDir private Path directory;

  private Path store() {
    return directory.resolve("store");
  }

  private EventLog open(RetentionPolicy policy) {
    return LogFixture.builder(store())
        .set(LogOption.LEASE_GRACE, Duration.ZERO)
        .retention(policy)
        .build();
  }

  private static boolean isRunning() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals(THREAD));
  }

  /** Ends the segment that is written, whatever is deleted meanwhile. */
  private void roll(EventLog log, Producer producer) {
    long before = LogFixture.open(store()).number();
    log.requestRoll();
    LogFixture.await(
        () -> {
          LogFixture.append(producer, log.stream("s"), 1);
          return LogFixture.open(store()).number() > before
              && LogFixture.manifest(store()).segments().stream()
                      .filter(entry -> !entry.sealed())
                      .count()
                  == 1;
        });
  }

  @Test
  void withoutAPolicyNothingIsDeletedAndThereIsNoThread() {
    try (EventLog log = open(RetentionPolicy.OFF);
        Producer producer = log.producer("p")) {
      roll(log, producer);
      roll(log, producer);

      assertThat(isRunning()).isFalse();
      assertThat(log.floorSequence()).isZero();
    }
    assertThat(RetentionPolicy.of(LogConfig.builder().environment(Map.of()).build()).isOff())
        .isTrue();
  }

  @Test
  void theOldestSegmentsGoWhenTheJournalIsTooLarge() {
    try (EventLog log = open(new RetentionPolicy(Duration.ZERO, 1, 0));
        Producer producer = log.producer("p")) {
      roll(log, producer);
      roll(log, producer);

      LogFixture.await(() -> LogFixture.manifest(store()).segments().size() == 1);

      assertThat(log.floorSequence()).isPositive();
      assertThat(isRunning()).isTrue();
    }
    assertThat(isRunning()).isFalse();
  }

  @Test
  void segmentsThatAreOldEnoughGoAtTheNextLook() {
    try (EventLog log = open(RetentionPolicy.OFF);
        Producer producer = log.producer("p")) {
      roll(log, producer);
    }
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofDays(3));
    try (EventLog log =
        LogFixture.builder(store())
            .clock(later)
            .retention(new RetentionPolicy(Duration.ofDays(2), 0, 0))
            .build()) {
      LogFixture.await(() -> log.floorSequence() > 0);
    }
    assertThat(LogFixture.manifest(store()).segments()).hasSize(1);
  }

  @Test
  void holdsAreRespectedUntilTheyAreRemoved() {
    try (EventLog log = open(new RetentionPolicy(Duration.ZERO, 1, 0));
        Producer producer = log.producer("p")) {
      log.holds().put("mine", 0, "a test");
      roll(log, producer);
      RetentionPlan plan = log.retention().plan(new RetentionPolicy(Duration.ZERO, 1, 0).rule(0));
      assertThat(plan.isEmpty()).isTrue();
      assertThat(plan.blocks()).extracting(RetentionPlan.Block::name).contains("mine");
      assertThat(log.floorSequence()).isZero();

      log.holds().remove("mine");
      roll(log, producer);

      LogFixture.await(() -> log.floorSequence() > 0);
    }
  }

  @Test
  void theNewestCheckpointsStay() {
    RetentionPolicy policy = new RetentionPolicy(Duration.ZERO, 0, 2);
    long[] saved = new long[4];
    try (EventLog log = open(RetentionPolicy.OFF);
        Producer producer = log.producer("p")) {
      for (int i = 0; i < saved.length; i++) {
        saved[i] = checkpoint(log, producer, i);
        roll(log, producer);
        try (EventLogReader reader = EventLog.openReadOnly(store())) {
          RetentionRule.ByPolicy rule = (RetentionRule.ByPolicy) reader.retentionRule(policy);
          assertThat(rule.below()).isEqualTo(i == 0 ? 0 : saved[i - 1]);
        }
      }
    }
    try (EventLog log = open(policy)) {
      LogFixture.await(() -> log.floorSequence() > saved[1]);
      assertThat(log.floorSequence()).isLessThanOrEqualTo(saved[2]);
    }
  }

  private static long checkpoint(EventLog log, Producer producer, int epoch) {
    return producer
        .appendAndAwait(log.stream("c"), committed(epoch), AckLevel.DISK)
        .firstSequence();
  }

  private static CheckpointCommitted committed(int epoch) {
    BlobRef tensors = new BlobRef(BlobId.of(new byte[BlobId.LENGTH]), 1);
    return new CheckpointCommitted(epoch, 1, 1, 1, 1, tensors, "", "");
  }

  @Test
  void whatIsBelowTheFloorIsNamedWithItsBackup() throws IOException {
    try (EventLog log = open(new RetentionPolicy(Duration.ZERO, 1, 0));
        Producer producer = log.producer("p")) {
      Path backup = Files.createDirectory(directory.resolve("000001-full"));
      KnownBackups.add(store(), new KnownBackups.Known(0, 3, directory.resolve("gone").toString()));
      KnownBackups.add(store(), new KnownBackups.Known(0, 3, backup.toString()));
      roll(log, producer);
      roll(log, producer);
      LogFixture.await(() -> log.floorSequence() > 4);

      assertThatThrownBy(() -> log.tailer().fromSequence(2).open())
          .isInstanceOfSatisfying(
              SegmentRetiredException.class,
              e -> {
                assertThat(e.backup()).contains(backup.toString());
                assertThat(e.sequence()).isEqualTo(2);
              });
      assertThatThrownBy(() -> log.tailer().fromSequence(4).open())
          .isInstanceOfSatisfying(
              SegmentRetiredException.class, e -> assertThat(e.backup()).isEmpty());
      KnownBackups.remove(store(), backup.toString());
      assertThat(KnownBackups.list(store())).hasSize(1);
      Files.writeString(store().resolve(KnownBackups.FILE), "something else");
      assertThat(KnownBackups.list(store())).isEqualTo(List.of());
      assertThat(ManifestFile.read(store()).floorSequence()).isPositive();
    }
  }
}
