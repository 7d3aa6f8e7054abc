// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.LogClosedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SealedKeysTest {
  private static final byte[] STORE_ID = new byte[16];
  private static final int PER_SEGMENT = 100;

  @TempDir Path directory;
  private Path tmp;
  private final SealedKeys sealed = new SealedKeys();

  @BeforeEach
  void createTmp() throws IOException {
    tmp = Files.createDirectory(directory.resolve("_tmp"));
  }

  @AfterEach
  void closeFiles() {
    sealed.close();
  }

  @Test
  void keysOfEverySegmentAreFound() {
    for (int segment = 0; segment < 5; segment++) {
      sealed.add(segmentFile(segment));
    }
    SealedKeys.Snapshot snapshot = sealed.snapshot();

    assertThat(snapshot.files()).isEqualTo(5);
    assertThat(snapshot.endSequence()).isEqualTo(500);
    for (long sequence = 0; sequence < 500; sequence++) {
      assertThat(snapshot.find(hi(sequence), sequence))
          .extracting(KeyEntry::sequence)
          .isEqualTo(sequence);
    }
    assertThat(snapshot.find(hi(500), 500)).isNull();
    assertThat(snapshot.findSequence(hi(250), 250, 251)).isEqualTo(250);
    assertThat(snapshot.findSequence(hi(250), 250, 250)).isEqualTo(-1);
  }

  @Test
  void gapEndsWhatASnapshotCovers() {
    assertThat(sealed.snapshot().endSequence()).isZero();
    sealed.add(segmentFile(3));
    assertThat(sealed.snapshot().endSequence()).isEqualTo(400);
    sealed.add(segmentFile(5));
    assertThat(sealed.snapshot().endSequence()).isEqualTo(400);
    sealed.add(segmentFile(4));
    assertThat(sealed.snapshot().endSequence()).isEqualTo(600);
  }

  @Test
  void removedSegmentIsNoLongerFoundEvenInAnOldSnapshot() {
    sealed.add(segmentFile(0));
    sealed.add(segmentFile(1));
    SealedKeys.Snapshot old = sealed.snapshot();

    assertThat(sealed.remove(0)).isTrue();
    assertThat(sealed.remove(0)).isFalse();

    assertThat(old.find(hi(5), 5)).isNull();
    assertThat(old.find(hi(105), 105)).isNotNull();
    assertThat(sealed.snapshot().endSequence()).isEqualTo(200);
  }

  @Test
  void sameSegmentTwiceAndConditionFilesAreRefused() {
    sealed.add(segmentFile(0));
    Path pairs = directory.resolve("pairs");
    KeyFile.write(pairs, tmp, KeyFile.Content.CONDITIONS, STORE_ID, 9, 0, 0, new KeyEntries());

    try (KeyFile again = segmentFile(0);
        KeyFile conditions = KeyFile.open(pairs)) {
      assertThatThrownBy(() -> sealed.add(again)).hasMessageContaining("segment 0");
      assertThatThrownBy(() -> sealed.add(conditions)).hasMessageContaining("CONDITIONS");
    }
  }

  @Test
  void closedSetNeverSaysThatAKeyIsAbsent() {
    sealed.add(segmentFile(0));
    SealedKeys.Snapshot snapshot = sealed.snapshot();
    sealed.close();

    assertThatThrownBy(() -> snapshot.find(hi(5), 5)).isInstanceOf(LogClosedException.class);
    assertThatThrownBy(() -> snapshot.find(hi(999), 999)).isInstanceOf(LogClosedException.class);
  }

  @Test
  void openFilesAndFilterMemoryAreBounded() {
    try (SealedKeys small = new SealedKeys(4, 5_000)) {
      for (int segment = 0; segment < 20; segment++) {
        small.add(segmentFile(segment));
      }
      SealedKeys.Snapshot snapshot = small.snapshot();

      for (long sequence = 0; sequence < 2_000; sequence += 7) {
        assertThat(snapshot.find(hi(sequence), sequence)).isNotNull();
        assertThat(small.openFiles()).isLessThanOrEqualTo(4);
      }
      assertThat(small.memoryBytes()).isPositive().isLessThanOrEqualTo(5_000);
    }
  }

  @Test
  void windowIsRestoredFromTheNewestFiles() {
    for (int segment = 0; segment < 5; segment++) {
      sealed.add(segmentFile(segment));
    }
    KeyWindow window = new KeyWindow(150);

    sealed.snapshot().loadInto(window);

    assertThat(window.size()).isEqualTo(150);
    assertThat(window.floorSequence()).isEqualTo(350);
    assertThat(window.find(hi(350), 350)).isTrue();
    assertThat(window.foundPayloadHash()).isEqualTo(3_500);
    assertThat(window.find(hi(499), 499)).isTrue();
    assertThat(window.find(hi(349), 349)).isFalse();
  }

  @Test
  void windowThatHoldsEverythingHasTheFloorOfTheFirstFile() {
    sealed.add(segmentFile(2));
    sealed.add(segmentFile(3));
    KeyWindow window = new KeyWindow(1_000);

    sealed.snapshot().loadInto(window);

    assertThat(window.size()).isEqualTo(200);
    assertThat(window.floorSequence()).isEqualTo(200);
  }

  /** The whole protocol in one thread: callers that look early, seals that come late. */
  @Test
  void noKeyEverLooksNewTwiceWhateverTheOrderOfLookUpSealAndEviction() {
    SplittableRandom random = TestSeed.random("SealedKeysTest");
    KeyWindow window = new KeyWindow(40);
    window.evictableBelow(0);
    KeyEntries segmentKeys = new KeyEntries();
    Map<Long, Long> stored = new HashMap<>();
    Map<KeyDecision, Integer> seen = new HashMap<>();
    long sequence = 0;
    long segmentFirst = 0;
    int segment = 0;
    SealedKeys.Snapshot looked = sealed.snapshot();
    for (int i = 0; i < 20_000; i++) {
      long key = random.nextInt(3_000);
      if (random.nextInt(3) == 0) {
        looked = sealed.snapshot();
      }
      long payload = random.nextInt(10) == 0 ? 1 : 0;
      long found = looked.findSequence(hi(key), key, Long.MAX_VALUE);
      KeyDecision decision = window.decide(hi(key), key, payload, found, looked.endSequence());
      seen.merge(decision, 1, Integer::sum);
      if (decision == KeyDecision.NEW) {
        assertThat(stored.put(key, sequence)).as("key %s stored twice", key).isNull();
        window.add(hi(key), key, payload, sequence, 1, 0);
        segmentKeys.addKey(hi(key), key, payload, sequence, 1, 0);
        sequence++;
      } else if (decision == KeyDecision.REPEAT) {
        assertThat(window.foundSequence()).isEqualTo(stored.get(key));
      } else if (decision != KeyDecision.RECHECK) {
        assertThat(stored).containsKey(key);
      }
      if (segmentKeys.count() > 0 && random.nextInt(60) == 0) {
        sealed.add(write(segment++, segmentFirst, sequence, segmentKeys));
        window.evictableBelow(sealed.snapshot().endSequence());
        segmentFirst = sequence;
        segmentKeys = new KeyEntries();
      }
    }
    assertThat(seen.keySet()).containsExactlyInAnyOrder(KeyDecision.values());
    assertThat(sequence).isEqualTo(stored.size()).isGreaterThan(2_900);
  }

  @Test
  void lookUpsGoOnWhileSegmentsComeAndGo() throws Exception {
    for (int segment = 0; segment < 10; segment++) {
      sealed.add(segmentFile(segment));
    }
    AtomicBoolean stop = new AtomicBoolean();
    CountDownLatch started = new CountDownLatch(2);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<Integer> first = threads.submit(() -> lookUp(1, started, stop));
      Future<Integer> second = threads.submit(() -> lookUp(2, started, stop));
      assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
      for (int segment = 10; segment < 60; segment++) {
        sealed.add(segmentFile(segment));
        sealed.remove(segment - 5);
      }
      stop.set(true);

      assertThat(first.get(30, TimeUnit.SECONDS)).isPositive();
      assertThat(second.get(30, TimeUnit.SECONDS)).isPositive();
    } finally {
      stop.set(true);
      threads.shutdownNow();
    }
  }

  /** Segments 0 to 4 stay throughout: their keys must be found in every snapshot. */
  private int lookUp(long seed, CountDownLatch started, AtomicBoolean stop) {
    SplittableRandom random = new SplittableRandom(seed);
    int lookUps = 0;
    do {
      SealedKeys.Snapshot snapshot = sealed.snapshot();
      long stays = random.nextInt(500);
      assertThat(snapshot.find(hi(stays), stays)).isNotNull();
      long goes = 500 + random.nextInt(5_000);
      KeyEntry maybe = snapshot.find(hi(goes), goes);
      assertThat(maybe == null || maybe.sequence() == goes).isTrue();
      lookUps++;
      started.countDown();
    } while (!stop.get());
    return lookUps;
  }

  private KeyFile segmentFile(int segment) {
    KeyEntries entries = new KeyEntries();
    long first = (long) segment * PER_SEGMENT;
    for (long sequence = first; sequence < first + PER_SEGMENT; sequence++) {
      entries.addKey(hi(sequence), sequence, sequence * 10, sequence, 1, 0);
    }
    return write(segment, first, first + PER_SEGMENT, entries);
  }

  private KeyFile write(int segment, long first, long end, KeyEntries entries) {
    Path file = directory.resolve("keys-" + segment);
    KeyFile.write(file, tmp, KeyFile.Content.KEYS, STORE_ID, segment, first, end, entries);
    return KeyFile.open(file);
  }

  private static long hi(long key) {
    return key * 0x9E3779B97F4A7C15L;
  }
}
