// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfold.internal.io.ChildJvm;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.journal.DirectReread;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers see what was acknowledged at JOURNAL although the manifest does not name its segment. */
class UnnamedSegmentTest {
  private static final int BEFORE = 5;
  private static final int BEHIND = 20;

  @TempDir Path directory;

  /** Begins a segment while the disk is slow to force, goes on in it, and is killed. */
  static final class Killed {
    private Killed() {}

    public static void main(String[] args) throws Exception {
      EventLog log = LogFixture.builder(Path.of(args[0])).build();
      Producer producer = log.producer("p");
      Stream stream = log.stream("s");
      for (int i = 0; i < BEFORE; i++) {
        LogFixture.append(producer, stream, i);
      }
      CountDownLatch rolled = new CountDownLatch(1);
      CountDownLatch never = new CountDownLatch(1);
      FaultPoint.Hook hook =
          FaultPoint.install(
              point -> {
                if (point.equals("roll.afterSegmentStart")) {
                  rolled.countDown();
                } else if (point.equals("journal.force.before")) {
                  await(never);
                }
              });
      log.requestRoll();
      int step = BEFORE;
      while (rolled.getCount() > 0) {
        LogFixture.append(producer, stream, step++);
      }
      for (int i = 0; i < BEHIND; i++) {
        LogFixture.append(producer, stream, step++);
      }
      System.out.println(step + " " + log.lastSequence());
      System.in.read();
      hook.close();
    }

    private static void await(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Path store() {
    return directory.resolve("store");
  }

  /** Steps that were acknowledged, and the newest sequence. */
  private long[] leave() {
    try (ChildJvm child = ChildJvm.start(Killed.class, ChildJvm.FLAGS, store())) {
      String[] words = child.readLine().split(" ");
      child.kill();
      return new long[] {Long.parseLong(words[0]), Long.parseLong(words[1])};
    }
  }

  private List<Long> sequences(Tailer.Builder tailers) {
    List<Long> sequences = new ArrayList<>();
    try (Tailer tailer = tailers.open()) {
      tailer.poll(event -> sequences.add(event.sequence()), Integer.MAX_VALUE);
    }
    return sequences;
  }

  @Test
  void aReaderOfACrashedStoreSeesEverythingAcknowledgedBeforeAnybodyReopensIt() {
    long[] left = leave();
    long newest = left[1];
    SegmentEntry named = LogFixture.open(store());
    long[] present = SegmentFiles.present(store());
    assertThat(present[present.length - 1]).as("not named").isGreaterThan(named.number());

    try (EventLogReader reader = EventLog.openReadOnly(store())) {
      assertThat(LogFixture.readAll(reader.tailer(), 0)).isEqualTo(newest + 1);
      assertThat(LedgerReading.steps(store(), "s")).hasSize((int) left[0]);
      long inside = newest - BEHIND / 2;
      assertThat(sequences(reader.tailer().fromSequence(inside)))
          .startsWith(inside)
          .endsWith(newest);
    }
    try (EventLog log = LogFixture.builder(store()).build()) {
      assertThat(LogFixture.readAll(log.tailer(), 0)).isGreaterThan(newest + 1);
    }
  }

  @Test
  void aTimeInTheUnnamedSegmentIsFound() {
    long newest = leave()[1];
    Instant[] time = new Instant[1];
    long wanted = newest - BEHIND / 2;

    try (EventLogReader reader = EventLog.openReadOnly(store())) {
      try (Tailer tailer = reader.tailer().fromSequence(wanted).open()) {
        tailer.poll(
            event ->
                time[0] =
                    Instant.ofEpochSecond(
                        TimeUnit.NANOSECONDS.toSeconds(event.logTimeNanos()),
                        event.logTimeNanos() % 1_000_000_000L),
            1);
      }
      assertThat(sequences(reader.tailer().fromTime(time[0]))).startsWith(wanted);
      assertThat(sequences(reader.tailer().fromTime(time[0].plusSeconds(3_600)))).isEmpty();
    }
  }

  @Test
  void aSegmentThatDoesNotFollowIsNotRead() throws IOException {
    long newest = leave()[1];
    long named = LogFixture.open(store()).number();
    Path file = SegmentFiles.queueFile(store(), named);
    // As after a loss of power: the last frame of the named segment never came to the disk.
    long tail = lastFrame(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(tail);
    }

    try (EventLogReader reader = EventLog.openReadOnly(store())) {
      assertThat(LogFixture.readAll(reader.tailer(), 0)).isBetween(1L, newest - BEHIND);
    }
  }

  @Test
  void afterAFailureTheUnnamedSegmentIsReadFromTheDiskToo() throws IOException {
    final long newest = leave()[1];
    Manifest manifest = LogFixture.manifest(store());
    ManifestFile.write(store(), manifest.withState(Manifest.State.FAILED));
    long named = LogFixture.open(store()).number();
    Path file = SegmentFiles.queueFile(store(), named + 1);
    assumeTrue(canReadDirectly(file), "no direct I/O here");
    Object before = fileKey(file);

    try (EventLog log = LogFixture.builder(store()).build()) {
      assertThat(LogFixture.readAll(log.tailer(), 0)).isGreaterThan(newest + 1);
    }
    assertThat(fileKey(file)).as("replaced by what the disk holds").isNotEqualTo(before);
  }

  private static boolean canReadDirectly(Path file) {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, DirectReread.directOption())) {
      return channel.isOpen();
    } catch (UnsupportedOperationException | IOException e) {
      return false;
    }
  }

  private static Object fileKey(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  private static long lastFrame(Path file) {
    long[] last = new long[1];
    dev.ringfold.internal.journal.SegmentScan.scan(
        file, null, Long.MAX_VALUE, frame -> last[0] = frame.offset());
    return last[0];
  }
}
