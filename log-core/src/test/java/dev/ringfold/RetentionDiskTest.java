// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfold.event.HealthState;
import dev.ringfold.internal.io.Host;
import dev.ringfold.internal.journal.SegmentEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk of its own of 64 MB; needs root, since it mounts a tmpfs. */
class RetentionDiskTest {
  private static final int SEGMENT_BYTES = 4 << 20;
  private static final int MAX_LOOKS = 20;

  @TempDir Path directory;
  private Path disk;
  private boolean mounted;

  @BeforeEach
  void mount() throws IOException, InterruptedException {
    assumeTrue(Host.isLinux() && Host.effectiveUid() == 0, "only root can mount a tmpfs");
    disk = Files.createDirectory(directory.resolve("disk"));
    mounted = run("mount", "-t", "tmpfs", "-o", "size=64m,mode=0700", "tmpfs", disk.toString());
    assumeTrue(mounted, "this machine does not let us mount a tmpfs");
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    if (mounted) {
      assertThat(run("umount", "-l", disk.toString())).isTrue();
    }
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).inheritIO().start();
    return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  /** Bytes in use that no file in the directory tree has: deleted, but held by somebody. */
  private long leakedBytes() throws IOException, InterruptedException {
    Process du = new ProcessBuilder("du", "-s", "--block-size=1", disk.toString()).start();
    String text = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(du.waitFor()).isZero();
    FileStore files = Files.getFileStore(disk);
    long used = files.getTotalSpace() - files.getUnallocatedSpace();
    return used - Long.parseLong(text.split("\\s")[0]);
  }

  /** The log allocates again meanwhile, maybe between the two looks at the disk: looks again. */
  private long leastLeakedBytes() throws IOException, InterruptedException {
    long least = Long.MAX_VALUE;
    for (int look = 0; look < MAX_LOOKS && least >= SEGMENT_BYTES; look++) {
      least = Math.min(least, leakedBytes());
    }
    return least;
  }

  private EventLogBuilder builder() {
    return LogFixture.builder(disk.resolve("store"))
        .set(LogOption.SEGMENT_BYTES, SEGMENT_BYTES)
        .set(LogOption.LEASE_GRACE, Duration.ZERO);
  }

  @Test
  void aFullDiskIsMadeFreeByRetentionAndTheLogGoesOnWithReadersOpen() throws Exception {
    try (EventLog log = builder().build();
        Producer producer = log.producer("writer");
        EventLogReader reader = EventLog.openReadOnly(disk.resolve("store"))) {
      Stream stream = log.stream("s");
      fill(log, producer, stream);
      assertThat(log.health().state()).isEqualTo(HealthState.FULL);
      List<Tailer> tailers = new ArrayList<>();
      for (SegmentEntry entry : LogFixture.manifest(log.directory()).segments()) {
        tailers.add(reader.tailer().fromSequence(entry.firstSequence()).open());
      }

      RetentionReport report =
          log.retention()
              .apply(log.retention().plan(new RetentionRule.BeforeSequence(Long.MAX_VALUE)));

      assertThat(report.segments()).hasSizeGreaterThan(4);
      assertThat(report.bytes()).isGreaterThan(5L * SEGMENT_BYTES);
      assertThat(leastLeakedBytes()).isLessThan(SEGMENT_BYTES);
      tailers.forEach(Tailer::close);
      LogFixture.await(() -> log.health().state() == HealthState.OPEN);
      assertThat(LogFixture.append(producer, stream, 1)).isGreaterThan(log.floorSequence());
      assertThat(LogFixture.readAll(log.tailer(), log.floorSequence())).isPositive();
    }
  }

  private static void fill(EventLog log, Producer producer, Stream stream) {
    LogFixture.await(
        () -> {
          try {
            for (int i = 0; i < 200; i++) {
              commit(producer, stream);
            }
            return false;
          } catch (DiskFullException full) {
            return log.health().state() == HealthState.FULL;
          }
        });
  }

  private static void commit(Producer producer, Stream stream) {
    UnitOfWork unit = producer.unitOfWork();
    for (int i = 0; i < 300; i++) {
      unit.add(stream, LogFixture.event(i));
    }
    unit.commitAndAwait(AckLevel.JOURNAL, Duration.ofSeconds(30));
  }
}
