// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfold.AckLevel;
import dev.ringfold.DiskFullException;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogBuilder;
import dev.ringfold.EventLogReader;
import dev.ringfold.LogOption;
import dev.ringfold.Producer;
import dev.ringfold.RingfoldException;
import dev.ringfold.event.HealthState;
import dev.ringfold.replay.crash.CrashEvent.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk of 64 MiB that fills up, and one that becomes read-only. Needs the right to mount. */
class SmallDiskTest {
  private static final long MIB = 1 << 20;

  @TempDir Path directory;
  private Path disk;
  private boolean mounted;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(directory.resolve("disk"));
    mounted = run("mount", "-t", "tmpfs", "-o", "size=64m,mode=0700", "tmpfs", disk.toString());
    assumeTrue(mounted, "mounting a tmpfs needs root: a full disk was not tried");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      run("umount", "-l", disk.toString());
    }
  }

  private EventLogBuilder builder() {
    return CrashStore.builder(disk.resolve("store"), 1, new MixedWorkload())
        .set(LogOption.LOW_SPACE_BYTES, 24 * MIB)
        .set(LogOption.FULL_SPACE_BYTES, 8 * MIB);
  }

  @Test
  void aFullDiskIsLowThenFullAndTheLogGoesOnOnceSpaceIsFreed() throws Exception {
    Path ballast = disk.resolve("ballast");
    try (EventLog log = builder().build();
        Producer producer = log.producer("p")) {
      append(log, producer, 0);
      assertThat(log.health().state()).isEqualTo(HealthState.OPEN);

      fillUntil(ballast, 20 * MIB);
      awaitState(log, HealthState.LOW);
      append(log, producer, 1);
      assertThat(producer.offer(log.stream("s"), event(2))).as("LOSSY while low").isFalse();

      fillUntil(ballast, 0);
      awaitState(log, HealthState.FULL);
      long last = log.lastSequence();
      assertThatThrownBy(() -> append(log, producer, 2)).isInstanceOf(DiskFullException.class);
      assertThatThrownBy(() -> producer.append(log.stream("s"), event(2), AckLevel.JOURNAL).join())
          .hasCauseInstanceOf(DiskFullException.class);
      awaitSequence(log, last + 1); // The log's own facts still find room.

      Files.delete(ballast);
      awaitState(log, HealthState.OPEN);
      append(log, producer, 3);
    }
    try (EventLog log = builder().build()) {
      StoreReading reading = StoreReading.of(log.tailer(), (view, event) -> null);
      reading.requireClosedLedger(reading.session());
      assertThat(reading.problems()).isEmpty();
      assertThat(reading.recoveries()).isZero();
    }
  }

  @Test
  void aReadOnlyDiskIsATypedErrorForTheWriterAndReadersGoOn() throws Exception {
    // Another process writes: Chronicle gives up the last mapping some time after close.
    ChildProcess.Order order =
        new ChildProcess.Order(
            disk.resolve("store"),
            directory.resolve("oracle"),
            1,
            MixedWorkload.class.getName(),
            AckLevel.DISK,
            1,
            20,
            null);
    try (ChildProcess child = ChildProcess.start(order)) {
      assertThat(child.awaitExit()).as(child.output()).isZero();
    }
    assertThat(run("mount", "-o", "remount,ro", disk.toString())).isTrue();

    assertThatThrownBy(() -> builder().build()).isInstanceOf(RingfoldException.class);
    try (EventLogReader reader =
        EventLogReader.open(disk.resolve("store"), CrashStore.types(new MixedWorkload()))) {
      StoreReading reading = StoreReading.of(reader.tailer(), (view, event) -> null);
      assertThat(reading.problems()).isEmpty();
      assertThat(reading.nextSequence()).isPositive();
    }
  }

  private static CrashEvent event(long n) {
    return CrashEvent.of(1, n, Kind.SINGLE, 0, 1);
  }

  private static void append(EventLog log, Producer producer, long n) {
    producer.appendAndAwait(log.stream("s"), event(n), AckLevel.DISK);
  }

  private static void awaitSequence(EventLog log, long sequence) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (log.lastSequence() < sequence && System.nanoTime() < deadline) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
    assertThat(log.lastSequence()).isGreaterThanOrEqualTo(sequence);
  }

  private static void awaitState(EventLog log, HealthState state) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (log.health().state() != state && System.nanoTime() < deadline) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
    assertThat(log.health().state()).isEqualTo(state);
  }

  private void fillUntil(Path ballast, long usableBytes) throws IOException {
    byte[] block = new byte[1 << 18];
    try (var out =
        Files.newOutputStream(ballast, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (Files.getFileStore(disk).getUsableSpace() > usableBytes) {
        out.write(block);
      }
    } catch (IOException full) {
      assertThat(usableBytes).as("only a wish for no space at all may fail").isZero();
    }
  }

  private static boolean run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor() == 0;
  }
}
