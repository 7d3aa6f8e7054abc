// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.Producer;
import dev.ringfold.replay.crash.CrashEvent.Kind;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of the fault matrix: the wall clock jumps between two opens. */
class ClockJumpTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final List<Duration> JUMPS =
      List.of(
          Duration.ZERO,
          Duration.ofHours(-1),
          Duration.ofHours(1),
          Duration.ofDays(3650),
          Duration.ofDays(-3650),
          Duration.ofSeconds(-1));
  private static final int EVENTS = 20;

  @TempDir Path directory;

  @Test
  void sequencesStayDenseAndLogTimeNeverGoesBackWhateverTheClockDoes() {
    MixedWorkload workload = new MixedWorkload();
    long n = 0;
    StoreReading last = null;
    for (Duration jump : JUMPS) {
      Clock clock = Clock.fixed(NOW.plus(jump), ZoneOffset.UTC);
      try (EventLog log =
              CrashStore.builder(directory.resolve("store"), 1, workload).clock(clock).build();
          Producer producer = log.producer("p")) {
        for (int i = 0; i < EVENTS; i++, n++) {
          producer.appendAndAwait(
              log.stream("s"), CrashEvent.of(1, n, Kind.SINGLE, 0, 1), AckLevel.JOURNAL);
        }
        StoreReading reading = StoreReading.of(log.tailer(), workload.check(1));
        // Log time and order are looked at while reading.
        assertThat(reading.problems()).as("after a jump of %s", jump).isEmpty();
        if (last != null) {
          last.requireSameBegin(reading);
          assertThat(last.problems()).isEmpty();
          assertThat(reading.nextSequence()).isGreaterThan(last.nextSequence() + EVENTS);
        }
        last = reading;
      }
    }
  }
}
