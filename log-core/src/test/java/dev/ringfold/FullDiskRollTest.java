// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.HealthState;
import dev.ringfold.internal.io.FaultPoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that has no room for the manifest of a new segment, and a force thread that breaks. */
class FullDiskRollTest {
  private static final int EVENTS = 20;
  private static final long SAFETY_SECONDS = 60;

  @TempDir Path directory;
  private volatile boolean full;

  private EventLog open() {
    return LogFixture.builder(directory.resolve("store")).build();
  }

  private void meet(String point) {
    if (full && point.equals("manifest.tmpWritten")) {
      throw new DiskFullException("no room for the manifest", null);
    }
  }

  /** Ends the segment on the full disk. */
  private void roll(EventLog log, Producer producer, Stream stream) {
    full = true;
    log.requestRoll();
    LogFixture.await(
        () -> {
          if (log.health().state() == HealthState.FULL) {
            return true;
          }
          try {
            LogFixture.append(producer, stream, 0);
          } catch (DiskFullException found) {
            return log.health().state() == HealthState.FULL;
          }
          assertThat(log.health().state()).isNotEqualTo(HealthState.FAILED);
          return false;
        });
  }

  private static int recoveries(EventLog log) {
    try (Tailer tailer = log.tailer().types(BuiltinTypes.RECOVERY_COMPLETED.id()).open()) {
      return tailer.poll(event -> {}, Integer.MAX_VALUE);
    }
  }

  @Test
  void aRollThatFindsTheDiskFullWaitsAndTheLogGoesOnByItself() {
    long newest;
    try (FaultPoint.Hook hook = FaultPoint.install(this::meet);
        EventLog log = open();
        Producer producer = log.producer("p")) {
      assertThat(hook).isNotNull();
      Stream stream = log.stream("s");
      producer.appendAndAwait(stream, LogFixture.event(0), AckLevel.DISK);
      roll(log, producer, stream);
      long durable = log.durableSequence();
      assertThat(log.awaitDurable(log.lastSequence(), Duration.ofMillis(300))).isFalse();
      assertThat(log.durableSequence()).isEqualTo(durable);
      assertThat(log.health().state()).isEqualTo(HealthState.FULL);
      assertThatThrownBy(() -> LogFixture.append(producer, stream, 1))
          .isInstanceOf(DiskFullException.class);

      full = false;
      LogFixture.await(() -> log.health().state() == HealthState.OPEN);
      for (int i = 0; i < EVENTS; i++) {
        producer.appendAndAwait(stream, LogFixture.event(i), AckLevel.DISK);
      }
      newest = log.durableSequence();
      assertThat(LogFixture.manifest(log.directory()).segments()).hasSizeGreaterThan(1);
    }
    try (EventLog log = open()) {
      assertThat(LogFixture.readAll(log.tailer(), 0)).isGreaterThan(newest);
      assertThat(recoveries(log)).isZero();
    }
  }

  @Test
  void aLogThatIsClosedWhileItsRollWaitsIsRecoveredWhole() {
    long newest;
    try (FaultPoint.Hook hook = FaultPoint.install(this::meet)) {
      assertThat(hook).isNotNull();
      EventLog log = open();
      Producer producer = log.producer("p");
      roll(log, producer, log.stream("s"));
      CloseReport report = log.close(Duration.ofSeconds(SAFETY_SECONDS));
      assertThat(report.clean()).isFalse();
      newest = log.lastSequence();
      full = false;
    }
    try (EventLog log = open()) {
      assertThat(LogFixture.readAll(log.tailer(), 0)).isGreaterThan(newest);
      assertThat(recoveries(log)).isEqualTo(1);
    }
  }

  @Test
  void anErrorOfTheForceThreadFailsTheLogAndTellsWhoWaits() {
    try (EventLog log = open();
        Producer producer = log.producer("p")) {
      Stream stream = log.stream("s");
      try (FaultPoint.Hook hook =
          FaultPoint.install(
              point -> {
                if (point.equals("journal.force.before")
                    && Thread.currentThread().getName().equals("ringfold-force")) {
                  throw new OutOfMemoryError("said by the test");
                }
              })) {
        assertThat(hook).isNotNull();
        LogFixture.append(producer, stream, 0);
        LogFixture.await(() -> log.health().state() == HealthState.FAILED);
      }
      assertThat(log.health().reason()).contains("said by the test");
      assertThatThrownBy(
              () ->
                  producer
                      .append(stream, LogFixture.event(1), AckLevel.DISK)
                      .get(SAFETY_SECONDS, TimeUnit.SECONDS))
          .satisfiesAnyOf(
              e -> assertThat(e).isInstanceOf(LogFailedException.class),
              e -> assertThat(e).hasCauseInstanceOf(LogFailedException.class));
    }
  }
}
