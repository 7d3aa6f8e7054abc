// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.internal.io.ChildJvm;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Retention across processes: leases of readers, and death in the middle of it. */
class RetentionProcessTest {
  @TempDir Path directory;

  private static RetentionRule everything() {
    return new RetentionRule.BeforeSequence(Long.MAX_VALUE);
  }

  /** Makes segments, applies retention, and is halted at a fault point. */
  static final class Deleting {
    private Deleting() {}

    public static void main(String[] args) {
      Path store = Path.of(args[0]);
      try (EventLog log = LogFixture.builder(store).build();
          Producer producer = log.producer("writer")) {
        dev.ringfold.Stream stream = log.stream("s");
        for (int i = 0; i < 3; i++) {
          LogFixture.endSegment(log, producer, stream);
        }
        log.retention().apply(log.retention().plan(everything()));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "retention.beforeManifest",
        "retention.afterManifest",
        "retention.deleted:1",
        "retention.deleted:2"
      })
  void anInterruptedApplyIsFinishedAtTheNextOpen(String point) throws IOException {
    Path store = directory.resolve("store");
    List<String> arguments = new ArrayList<>(ChildJvm.FLAGS);
    arguments.add("-D" + FaultPoint.PROPERTY + "=" + point);
    try (ChildJvm child = ChildJvm.start(Deleting.class, arguments, store)) {
      assertThat(child.exitCode()).as(child.errors()).isEqualTo(FaultPoint.HALT_STATUS);
    }

    try (EventLog log = LogFixture.builder(store).build()) {
      Manifest manifest = LogFixture.manifest(store);
      long floor = log.floorSequence();
      assertThat(floor).isPositive().isEqualTo(manifest.segments().get(0).firstSequence());
      assertThat(SegmentFiles.present(store))
          .containsExactly(manifest.segments().stream().mapToLong(SegmentEntry::number).toArray());
      assertThat(manifest.segments().get(0).number()).isEqualTo(4);
      assertThat(LogFixture.readAll(log.tailer(), floor)).isEqualTo(log.lastSequence() - floor + 1);
    }
  }

  /** Reads one event from another process and stays in its segment. */
  static final class Reading {
    private Reading() {}

    public static void main(String[] args) throws IOException {
      try (EventLogReader reader = EventLog.openReadOnly(Path.of(args[0]));
          Tailer tailer = reader.tailer().fromSequence(0).open()) {
        int count = tailer.poll(event -> {}, 1);
        System.out.println("ready " + count);
        if (System.in.read() >= 0) {
          System.out.println("go");
        }
      }
    }
  }

  private static List<String> leases(Path store) throws IOException {
    try (Stream<Path> files = Files.list(store.resolve("leases"))) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }

  @Test
  void aReaderInAnotherProcessIsWaitedForUntilItDies() throws IOException {
    Path store = directory.resolve("store");
    try (EventLog log =
            LogFixture.builder(store).set(LogOption.LEASE_GRACE, Duration.ofHours(1)).build();
        Producer producer = log.producer("writer")) {
      LogFixture.endSegment(log, producer, log.stream("s"));
      LogFixture.endSegment(log, producer, log.stream("s"));
      try (ChildJvm child = ChildJvm.start(Reading.class, List.of(), store)) {
        assertThat(child.readLine()).isEqualTo("ready 1");
        assertThat(leases(store)).hasSize(1).allMatch(name -> name.startsWith(child.pid() + "-"));

        RetentionReport report = log.retention().apply(log.retention().plan(everything()));

        assertThat(report.segments()).isEmpty();
        assertThat(report.pendingBytes()).isPositive();
        assertThat(report.blocks())
            .singleElement()
            .satisfies(
                block -> {
                  assertThat(block.keeper()).isEqualTo(RetentionPlan.Keeper.LEASE);
                  assertThat(block.firstSegmentKept()).isEqualTo(1);
                  assertThat(block.grace()).isBetween(Duration.ofMinutes(50), Duration.ofHours(1));
                });
        child.kill();
      }
      assertThat(log.retention().apply(log.retention().plan(everything())).segments())
          .containsExactly(1L, 2L);
      assertThat(leases(store)).isEmpty();
    }
  }

  @Test
  void aReaderThatClosesLeavesNoLease() throws IOException {
    Path store = directory.resolve("store");
    try (EventLog log = LogFixture.builder(store).build();
        EventLogReader reader = EventLog.openReadOnly(store)) {
      assertThat(log.lastSequence()).isNotNegative();
      Tailer tailer = reader.tailer().fromSequence(0).open();
      assertThat(leases(store)).hasSize(1);
      tailer.close();
      assertThat(leases(store)).isEmpty();
    }
  }

  @Test
  void aLeaseWhoseHeartStoppedIsStale() throws IOException {
    Path store = directory.resolve("store");
    try (EventLog log =
            LogFixture.builder(store).set(LogOption.LEASE_GRACE, Duration.ofMinutes(1)).build();
        Producer producer = log.producer("writer");
        EventLogReader reader = EventLog.openReadOnly(store)) {
      LogFixture.endSegment(log, producer, log.stream("s"));
      try (Tailer tailer = reader.tailer().fromSequence(0).open()) {
        tailer.poll(event -> {}, 1);
        assertThat(log.retention().plan(everything()).segments()).isEmpty();
        Path lease = store.resolve("leases").resolve(leases(store).get(0));
        Files.setLastModifiedTime(
            lease,
            java.nio.file.attribute.FileTime.from(
                Files.getLastModifiedTime(lease).toInstant().minus(Duration.ofMinutes(2))));

        assertThat(log.retention().plan(everything()).segments()).hasSize(1);
      }
    }
  }

  @Test
  void whereLeasesCannotBeWrittenReadingWorksWithoutOne() throws IOException {
    Path store = directory.resolve("store");
    try (EventLog log = LogFixture.builder(store).build()) {
      assertThat(log.lastSequence()).isNotNegative();
    }
    Files.delete(store.resolve("leases"));
    Files.createFile(store.resolve("leases"));

    try (EventLogReader reader = EventLog.openReadOnly(store);
        Tailer tailer = reader.tailer().fromSequence(0).open()) {
      assertThat(tailer.poll(event -> {}, Integer.MAX_VALUE)).isPositive();
    }
  }

  @Test
  void tailersThatAreOvertakenGetOnlyTheTypedErrorAndNeverAWrongEvent() throws Exception {
    Path store = directory.resolve("store");
    List<Throwable> wrong = new java.util.concurrent.CopyOnWriteArrayList<>();
    java.util.concurrent.atomic.AtomicBoolean stop =
        new java.util.concurrent.atomic.AtomicBoolean();
    java.util.concurrent.atomic.AtomicLong overtaken = new java.util.concurrent.atomic.AtomicLong();
    java.util.concurrent.atomic.AtomicLong read = new java.util.concurrent.atomic.AtomicLong();
    try (EventLog log =
            LogFixture.builder(store).set(LogOption.LEASE_GRACE, Duration.ZERO).build();
        Producer producer = log.producer("writer");
        EventLogReader reader = EventLog.openReadOnly(store)) {
      dev.ringfold.Stream stream = log.stream("s");
      List<Thread> threads = new ArrayList<>();
      for (Tailer.Builder tailers : Arrays.asList(log.tailer(), reader.tailer())) {
        Thread thread =
            new Thread(() -> readSlowly(tailers, stop, overtaken, read, wrong), "reader");
        threads.add(thread);
        thread.start();
      }
      int applied = 0;
      long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
      while ((applied < 12 || overtaken.get() < 6) && System.nanoTime() < deadline) {
        LogFixture.endSegment(log, producer, stream);
        applied += log.retention().apply(log.retention().plan(everything())).segments().size();
      }
      stop.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(wrong).isEmpty();
      assertThat(applied).isPositive();
      assertThat(overtaken.get()).isPositive();
      assertThat(read.get()).isPositive();
    }
  }

  private static void readSlowly(
      Tailer.Builder tailers,
      java.util.concurrent.atomic.AtomicBoolean stop,
      java.util.concurrent.atomic.AtomicLong overtaken,
      java.util.concurrent.atomic.AtomicLong read,
      List<Throwable> wrong) {
    try (Tailer tailer = tailers.open()) {
      long[] next = {-1};
      while (!stop.get()) {
        try {
          tailer.poll(
              event -> {
                if (next[0] >= 0 && event.sequence() != next[0]) {
                  wrong.add(new AssertionError(next[0] + " expected, got " + event.sequence()));
                }
                next[0] = event.sequence() + 1;
                read.incrementAndGet();
              },
              1);
          java.util.concurrent.locks.LockSupport.parkNanos(5_000_000L);
        } catch (SegmentRetiredException e) {
          overtaken.incrementAndGet();
          next[0] = -1;
          seekFloor(tailer, e.floorSequence());
        }
      }
    } catch (Throwable e) {
      wrong.add(e);
    }
  }

  private static void seekFloor(Tailer tailer, long floor) {
    long from = floor;
    for (int i = 0; i < 100; i++) {
      try {
        tailer.seek(from);
        return;
      } catch (SegmentRetiredException again) {
        from = again.floorSequence();
      }
    }
    throw new AssertionError("the floor rose 100 times in a row");
  }
}
