// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobSet;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.LedgerMark;
import dev.ringfold.internal.io.DirectoryTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a fork takes over besides the events: keys, the ledger, blobs. */
class ForkContentTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int EVENTS = 100;

  @TempDir private Path directory;
  private Path store;
  private EventLog log;
  private Producer producer;
  private Stream stream;

  @BeforeEach
  void openWithASealedSegment() {
    store = directory.resolve("parent");
    log = LogFixture.builder(store).build();
    producer = log.producer("writer");
    stream = log.stream("s");
    LogFixture.endSegment(log, producer, stream);
    for (int i = 0; i < EVENTS; i++) {
      LogFixture.append(producer, stream, i);
    }
  }

  @AfterEach
  void close() {
    log.close();
  }

  private Path fork(String name) {
    return directory.resolve(name);
  }

  private static EventLog openFork(Path fork) {
    return LogFixture.builder(fork).build();
  }

  @Test
  void aKeyAboveTheCutIsNewInTheForkAndOneBelowIsADuplicate() {
    long below = keyed(log, "below").firstSequence();
    long above = keyed(log, "above").firstSequence();
    Path fork = fork("fork");
    log.fork(above - 1, fork, "");

    for (int open = 0; open < 2; open++) {
      try (EventLog child = openFork(fork)) {
        assertThat(keyed(child, "below").firstSequence()).isEqualTo(below);
        long again = keyed(child, "above").firstSequence();
        assertThat(again).isGreaterThan(above);
      }
    }
    assertThat(keyed(log, "above").firstSequence()).isEqualTo(above);
  }

  private Receipt keyed(EventLog target, String key) {
    try (Producer own = target.producer("keyed-" + target.lastSequence())) {
      AppendOutcome outcome =
          own.appendAndAwait(
              target.stream("s"),
              LogFixture.event(1),
              AckLevel.JOURNAL,
              AppendOptions.NONE.key(key),
              PATIENCE);
      return outcome.receipt();
    }
  }

  @Test
  void theLedgerOfTheForkBalancesAndNamesNoDropsOfLater() {
    long sequence = log.lastSequence() - 5;
    Path fork = fork("fork");
    log.fork(sequence, fork, "");
    openFork(fork).close();

    assertThat(LedgerReading.closingMarks(fork))
        .isNotEmpty()
        .allMatch(mark -> mark.offered() == mark.stored() && !mark.lowerBound());
  }

  @Test
  void dropsThatAreDeclaredBehindTheCutMakeTheAccountALowerBound() {
    try (StalledJournal slow = StalledJournal.slowed(2_000_000)) {
      assertThat(slow).isNotNull();
      for (int i = 0; producer.dropped() < 1_000; i++) {
        producer.offer(stream, LogFixture.event(i));
      }
      LogFixture.append(producer, stream, 0);
    }
    long drops = dropsBehindAnEventInTheSameFrame();
    log.fork(drops - 1, fork("before"), "");
    log.fork(drops, fork("behind"), "");
    openFork(fork("before")).close();
    openFork(fork("behind")).close();

    LedgerMark before = LedgerReading.closingMarks(fork("before")).get(0);
    LedgerMark behind = LedgerReading.closingMarks(fork("behind")).get(0);
    assertThat(before.lowerBound()).isTrue();
    assertThat(behind.lowerBound()).isFalse();
    assertThat(behind.stored()).isEqualTo(before.stored());
    assertThat(behind.dropped()).isGreaterThan(before.dropped());
    assertThat(behind.offered()).isEqualTo(behind.stored() + behind.dropped());
  }

  private long dropsBehindAnEventInTheSameFrame() {
    long[] found = {-1};
    int[] frame = {0};
    int[] from = {0};
    try (Tailer tailer = log.tailer().fromSequence(0).open()) {
      tailer.poll(
          event -> {
            boolean drops = event.typeId() == BuiltinTypes.DROPS_OBSERVED.id();
            if (drops && event.frameCrc() == frame[0] && from[0] == producer.id()) {
              found[0] = event.sequence();
            }
            frame[0] = event.frameCrc();
            from[0] = event.producer();
          },
          Integer.MAX_VALUE);
    }
    assertThat(found[0]).isPositive();
    return found[0];
  }

  @Test
  void blobsAreSharedAndCollectingThemOnOneSideLeavesTheOther() {
    BlobRef small = put(log, new byte[] {1, 2, 3});
    BlobRef large = put(log, new byte[1 << 20]);
    Path fork = fork("fork");

    ForkReport report = log.fork(log.lastSequence(), fork, "");

    assertThat(report.blobsLinked()).isEqualTo(2);
    log.blobs().gc(() -> id -> false, Duration.ZERO);
    assertThat(log.blobs().contains(large.id())).isFalse();
    try (EventLog child = openFork(fork)) {
      assertThat(child.blobs().readAll(small, 10)).containsExactly(1, 2, 3);
      assertThat(child.blobs().readAll(large, 1 << 20)).hasSize(1 << 20);
      BlobRef again = put(log, new byte[1 << 20]);
      child.blobs().gc(() -> id -> false, Duration.ZERO);
      assertThat(child.blobs().contains(small.id())).isFalse();
      assertThat(log.blobs().readAll(again, 1 << 20)).hasSize(1 << 20);
    }
  }

  private static BlobRef put(EventLog target, byte[] bytes) {
    try (BlobSet set = target.blobs().begin("test")) {
      BlobRef ref = set.put(bytes);
      set.force();
      set.release();
      return ref;
    }
  }

  @Test
  void onAnotherFileSystemEverythingIsCopiedAndTheReportSaysSo() throws IOException {
    Path memory = Path.of("/dev/shm");
    assumeTrue(
        Files.isWritable(memory)
            && !Files.getFileStore(memory).equals(Files.getFileStore(directory)));
    put(log, new byte[] {1, 2, 3});
    long sequence = log.lastSequence() - 3;
    SortedMap<Long, String> parent = ForkReading.events(log.tailer().fromSequence(0));
    Path other = Files.createTempDirectory(memory, "ringfold-fork");
    try {
      Path fork = other.resolve("fork");
      ForkReport report = log.fork(sequence, fork, "");

      assertThat(report.segmentsCopied()).isEqualTo(report.segments());
      assertThat(report.bytesShared()).isZero();
      assertThat(report.bytesCopied()).isPositive();
      assertThat(ForkReading.events(fork)).isEqualTo(parent.headMap(sequence + 1));
    } finally {
      DirectoryTree.delete(other);
    }
  }
}
