// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.LogOption;
import dev.ringfold.Producer;
import dev.ringfold.event.MetricsLogged;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A flight recording shows what a log does, and costs nothing while there is none. */
final class FlightRecordingTest {
  private static final List<String> NAMES =
      List.of(
          "FrameWritten",
          "Forced",
          "SegmentRolled",
          "DropsDeclared",
          "RecoveryDone",
          "HealthChange");
  private static final int WARM_UP_CALLS = 50_000;
  private static final int CALLS = 100_000;

  @TempDir private Path directory;

  @Test
  void aRecordingSeesEveryKindOfEvent() throws Exception {
    Map<String, List<RecordedEvent>> events;
    try (Recording recording = new Recording()) {
      NAMES.forEach(name -> recording.enable("ringfold." + name).withThreshold(Duration.ZERO));
      recording.start();
      useALog();
      recording.stop();
      Path file = directory.resolve("test.jfr");
      recording.dump(file);
      events =
          RecordingFile.readAllEvents(file).stream()
              .collect(Collectors.groupingBy(event -> event.getEventType().getName()));
    }

    NAMES.forEach(name -> assertThat(events).containsKey("ringfold." + name));
    RecordedEvent forced = last(events.get("ringfold.Forced"));
    assertThat(forced.getLong("durableSequence")).isPositive();
    assertThat(forced.getDuration()).isPositive();
    assertThat(forced.getEventType().getCategoryNames()).containsExactly("Ringfold");
    long written =
        events.get("ringfold.FrameWritten").stream().mapToLong(e -> e.getInt("events")).sum();
    assertThat(written).isGreaterThanOrEqualTo(2);
    assertThat(events.get("ringfold.SegmentRolled").get(0).getLong("segment")).isEqualTo(2);
    RecordedEvent drops = events.get("ringfold.DropsDeclared").get(0);
    assertThat(drops.getString("reason")).isEqualTo("DISK_LOW");
    assertThat(drops.getLong("count")).isEqualTo(1);
    assertThat(
            events.get("ringfold.HealthChange").stream()
                .map(e -> e.getString("from") + ">" + e.getString("to")))
        .contains("OPEN>LOW", "LOW>OPEN", "OPEN>CLOSING", "CLOSING>CLOSED");
    assertThat(events.get("ringfold.RecoveryDone").get(0).getBoolean("unclean")).isFalse();
  }

  @Test
  void nothingIsAllocatedWhileNothingIsRecorded() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    emitAll(WARM_UP_CALLS);
    threads.getCurrentThreadAllocatedBytes();
    long before = threads.getCurrentThreadAllocatedBytes();

    int begun = emitAll(CALLS);

    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(begun).isZero();
    assertThat(bytes).isLessThan(CALLS);
  }

  private static int emitAll(int calls) {
    int begun = 0;
    for (int i = 0; i < calls; i++) {
      begun += FrameWritten.begun() == null ? 0 : 1;
      begun += Forced.begun() == null ? 0 : 1;
      begun += SegmentRolled.begun() == null ? 0 : 1;
      DropsDeclared.emit(1, i, "RING_FULL");
      HealthChange.emit("OPEN", "LOW", "");
    }
    return begun;
  }

  private void useALog() {
    AtomicLong usable = new AtomicLong(1L << 40);
    try (EventLog log =
            EventLog.builder(directory.resolve("store"))
                .environment(Map.of())
                .set(LogOption.RING_SLOTS, 4096)
                .set(LogOption.SEGMENT_BYTES, 1 << 20)
                .usableSpace(usable::get)
                .build();
        Producer producer = log.producer("trainer")) {
      MetricsLogged row = MetricsLogged.complete(0, MetricsLogged.Kind.STEP, 0, 0, 1, new long[0]);
      producer.appendAndAwait(log.stream("run"), row, AckLevel.DISK);
      log.requestRoll();
      await(
          () -> {
            producer.appendAndAwait(log.stream("run"), row, AckLevel.JOURNAL);
            return log.stats().segments() == 2;
          });
      usable.set(512L << 20);
      await(() -> log.health().state().name().equals("LOW"));
      assertThat(producer.offer(log.stream("run"), row)).isFalse();
      usable.set(1L << 40);
      await(() -> log.health().state().name().equals("OPEN"));
      assertThat(log.awaitDurable(log.lastSequence(), Duration.ofSeconds(30))).isTrue();
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("the deadline").isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static RecordedEvent last(List<RecordedEvent> events) {
    return events.get(events.size() - 1);
  }
}
