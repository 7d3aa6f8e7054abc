// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventCodec;
import dev.ringfold.event.EventType;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.HealthChanged;
import dev.ringfold.event.HealthState;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.PayloadReader;
import dev.ringfold.event.PayloadWriter;
import dev.ringfold.event.Upcaster;
import dev.ringfold.internal.io.StoreSecurity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rolls, disk floors, types that change, and directories that are refused. */
class LogLifecycleTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final MetricLayout LAYOUT = MetricLayout.builder().doubles("loss").build();

  @TempDir Path directory;

  private Path store() {
    return directory.resolve("store");
  }

  private static int sealed(Path store) {
    return (int)
        LogFixture.manifest(store).segments().stream().filter(entry -> entry.sealed()).count();
  }

  @Test
  void aSegmentEndsWhenItIsLarge() {
    try (EventLog log = LogFixture.builder(store()).build();
        Producer producer = log.producer("p")) {
      MetricsRow row = producer.metrics(log.stream("s"), LAYOUT);
      LogFixture.await(
          () -> {
            for (int i = 0; i < 2_000; i++) {
              row.begin(0, i).set(0, i).offer();
            }
            return sealed(store()) >= 3;
          });
      assertThat(LogFixture.manifest(store()).segments().get(0).length())
          .isGreaterThanOrEqualTo(1 << 20);
      assertThat(LogFixture.readAll(log.tailer(), 0)).isPositive();
    }
  }

  @Test
  void aSegmentEndsWhenItIsOld() {
    try (EventLog log =
            LogFixture.builder(store()).set(LogOption.SEGMENT_AGE, Duration.ofMillis(100)).build();
        Producer producer = log.producer("p")) {
      Stream stream = log.stream("s");
      LogFixture.await(
          () -> {
            LogFixture.append(producer, stream, 1);
            return sealed(store()) >= 3;
          });
      assertThat(LogFixture.manifest(store()).segments().get(0).length()).isLessThan(1 << 20);
    }
  }

  @Test
  void aSegmentEndsWhenItHoldsManyKeys() {
    int[] key = {0};
    try (EventLog log = LogFixture.builder(store()).set(LogOption.KEY_WINDOW, 16).build();
        Producer producer = log.producer("p")) {
      Stream stream = log.stream("s");
      LogFixture.await(
          () -> {
            producer.appendAndAwait(
                stream,
                LogFixture.event(1),
                AckLevel.JOURNAL,
                AppendOptions.NONE.key("k" + key[0]++),
                PATIENCE);
            return sealed(store()) >= 3;
          });
    }
    assertThat(key[0]).isGreaterThanOrEqualTo(48);
  }

  @Test
  void aSecondOpenInTheSameProcessIsRefusedWithinASecond() {
    try (EventLog log = LogFixture.builder(store()).build()) {
      long start = System.nanoTime();
      assertThatThrownBy(() -> LogFixture.builder(store()).build())
          .isInstanceOf(StoreLockedException.class)
          .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      assertThat(log.health().state()).isEqualTo(HealthState.OPEN);
    }
    try (EventLog log = LogFixture.builder(store()).build()) {
      assertThat(log.health().state()).isEqualTo(HealthState.OPEN);
    }
  }

  @Test
  void aDirectoryThatOthersMayWriteIsRefused() throws IOException {
    Files.createDirectory(store());
    Files.setPosixFilePermissions(store(), PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatThrownBy(() -> LogFixture.builder(store()).build())
        .isInstanceOf(UnsafeStoreException.class)
        .hasMessageContaining("chmod 700");
    assertThat(StoreSecurity.fileSystemType(store())).isNotEmpty();
    try (java.util.stream.Stream<Path> files = Files.list(store())) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void lowDropsLossyFullRefusesRequiredAndItGoesOnWithoutARestart() {
    AtomicLong usable = new AtomicLong(10L << 30);
    try (EventLog log =
            LogFixture.builder(store())
                .set(LogOption.LOW_SPACE_BYTES, 1L << 30)
                .set(LogOption.FULL_SPACE_BYTES, 512L << 20)
                .usableSpace(usable::get)
                .build();
        Producer producer = log.producer("p")) {
      Stream stream = log.stream("s");
      MetricsRow row = producer.metrics(stream, LAYOUT);
      assertThat(row.begin(0, 1).set(0, 1).offer()).isTrue();

      usable.set(800L << 20);
      awaitState(log, HealthState.LOW);
      assertThat(row.begin(0, 2).set(0, 1).offer()).isFalse();
      assertThat(LogFixture.append(producer, stream, 2)).isNotNegative();

      usable.set(100L << 20);
      awaitState(log, HealthState.FULL);
      long offered = producer.offered();
      assertThatThrownBy(() -> LogFixture.append(producer, stream, 2))
          .isInstanceOf(DiskFullException.class)
          .hasMessageContaining("full");
      assertThat(producer.append(stream, LogFixture.event(2), AckLevel.RING))
          .as("a future says so too")
          .isCompletedExceptionally();
      assertThat(producer.offered()).as("refused ones are counted").isEqualTo(offered + 2);
      assertThat(log.health().reason()).contains("usable");
      long last = log.lastSequence();
      assertThat(LogFixture.readAll(log.tailer(), 0)).isGreaterThanOrEqualTo(last);

      usable.set(10L << 30);
      awaitState(log, HealthState.OPEN);
      assertThat(LogFixture.append(producer, stream, 3)).isGreaterThan(last);
      LogFixture.await(() -> row.begin(0, 3).set(0, 1).offer());
      // The journal thread tells it after its batch, unless the log is being closed by then.
      LogFixture.await(() -> healthChanges().contains(HealthState.OPEN));
    }
    assertThat(healthChanges())
        .containsSubsequence(HealthState.LOW, HealthState.FULL, HealthState.OPEN);
    assertThat(LedgerReading.closingMarks(store()))
        .allSatisfy(mark -> assertThat(mark.stored() + mark.dropped()).isEqualTo(mark.offered()));
  }

  private static void awaitState(EventLog log, HealthState state) {
    LogFixture.await(() -> log.health().state() == state);
  }

  private List<HealthState> healthChanges() {
    List<HealthState> states = new ArrayList<>();
    try (EventLogReader reader = EventLog.openReadOnly(store());
        Tailer tailer = reader.tailer().types(BuiltinTypes.HEALTH_CHANGED.id()).open()) {
      tailer.poll(
          event -> states.add(((HealthChanged) tailer.decode(event)).to()), Integer.MAX_VALUE);
    }
    return states;
  }

  record NoteTakenV1(String text) implements Event {}

  record NoteTaken(String text, long author) implements Event {}

  /** Version 1 had no author. */
  private static final class AddAuthor implements Upcaster {
    @Override
    public int fromVersion() {
      return 1;
    }

    @Override
    public void upcast(PayloadReader old, PayloadWriter next) {
      next.putString(old.readString());
      next.putLong(7);
    }
  }

  @Test
  void anOldVersionIsReadAsTheNewestAndItsBytesStay() {
    EventType<NoteTakenV1> v1 =
        EventType.builder(
                5_000,
                "NoteTaken",
                NoteTakenV1.class,
                EventCodec.<NoteTakenV1>of(
                    (event, out) -> out.putString(event.text()),
                    in -> new NoteTakenV1(in.readString())))
            .build();
    EventType<NoteTaken> v2 =
        EventType.builder(
                5_000,
                "NoteTaken",
                NoteTaken.class,
                EventCodec.<NoteTaken>of(
                    (event, out) -> {
                      out.putString(event.text());
                      out.putLong(event.author());
                    },
                    in -> new NoteTaken(in.readString(), in.readLong())))
            .schemaVersion(2)
            .upcaster(new AddAuthor())
            .build();
    try (EventLog log = LogFixture.builder(store()).register(v1).build();
        Producer producer = log.producer("p")) {
      producer.appendAndAwait(log.stream("s"), new NoteTakenV1("old"), AckLevel.JOURNAL);
    }
    List<Event> read = new ArrayList<>();
    List<Integer> versions = new ArrayList<>();
    try (EventLog log = LogFixture.builder(store()).register(v2).build();
        Producer producer = log.producer("p")) {
      producer.appendAndAwait(log.stream("s"), new NoteTaken("new", 9), AckLevel.JOURNAL);
      try (Tailer tailer = log.tailer().types(v2.id()).open()) {
        tailer.poll(
            event -> {
              read.add(tailer.decode(event));
              versions.add(event.schemaVersion());
            },
            10);
      }
      assertThatThrownBy(
              () ->
                  producer.appendAndAwait(log.stream("s"), new NoteTakenV1("x"), AckLevel.JOURNAL))
          .isInstanceOf(UnknownEventTypeException.class);
    }

    assertThat(read).containsExactly(new NoteTaken("old", 7), new NoteTaken("new", 9));
    assertThat(versions).containsExactly(1, 2);
    assertThat(EventTypes.builtin()).isNotNull();
  }
}
