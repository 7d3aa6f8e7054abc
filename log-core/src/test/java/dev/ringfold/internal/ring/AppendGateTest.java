// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOutcome;
import dev.ringfold.CorruptJournalException;
import dev.ringfold.RingTimeoutException;
import dev.ringfold.event.DropReason;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.internal.keys.ConditionIndex;
import dev.ringfold.internal.keys.KeyWindow;
import dev.ringfold.internal.keys.StreamVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keyed appends that were looked up before the window of keys moved on. */
class AppendGateTest {
  private static final int CAPACITY = 2;
  private static final long HASH = 77;

  @TempDir Path store;
  private SegmentKeys segmentKeys;
  private AppendGate gate;
  private long next;

  @BeforeEach
  void begin() throws IOException {
    Files.createDirectory(store.resolve(ManifestFile.TEMPORARY_DIRECTORY));
    Files.createDirectories(SegmentFiles.folder(store, 1));
    segmentKeys = new SegmentKeys(store, Manifest.create("00112233445566778899aabbccddeeff"));
    gate =
        new AppendGate(
            new StreamVersions(),
            new KeyWindow(CAPACITY),
            new ConditionIndex(CAPACITY),
            segmentKeys);
    gate.beginSegment(1);
  }

  @AfterEach
  void close() {
    segmentKeys.sealed().close();
  }

  /** An append of a key that was looked up when nothing was sealed. */
  private static PendingAppend append(long key, boolean future) {
    return new PendingAppend(
        AckLevel.JOURNAL,
        new PendingAppend.Expectation[0],
        new PendingAppend.Condition[0],
        true,
        key,
        key,
        HASH,
        future ? new CompletableFuture<>() : null);
  }

  private void store(int keys) {
    for (int i = 0; i < keys; i++) {
      gate.storedKey(append(1_000 + next, false), next, 1, next);
      next++;
    }
  }

  /** Three keys are sealed in segment 1, and the window has let go of them. */
  private void moveTheWindow() {
    store(3);
    SegmentEntry entry = SegmentEntry.open(1, 0, 0, 0, 0).seal(2, 3, 100, 1, 3, null);
    segmentKeys.write(SegmentFiles.folder(store, 1), entry);
    gate.beginSegment(2);
    store(CAPACITY + 1);
  }

  @Test
  void aFutureOfANewKeyIsStoredAlthoughTheWindowMoved() {
    moveTheWindow();
    PendingAppend append = append(5, true);

    assertThat(gate.refuse(append)).isNull();
    assertThat(append.recheck).isFalse();
  }

  @Test
  void aFutureOfAKeyThatWasSealedMeanwhileIsNotStoredAgain() {
    moveTheWindow();
    PendingAppend append = append(1_000, true);

    assertThat(gate.refuse(append)).isEqualTo(DropReason.REJECTED);
    append.complete();

    assertThat(append.future).isCompletedWithValueMatching(this::isOfTheFirstSequence);
  }

  private boolean isOfTheFirstSequence(AppendOutcome outcome) {
    return outcome instanceof AppendOutcome.KeyWindowExpired expired && expired.sequence() == 0;
  }

  @Test
  void aBlockedCallerLooksAgainItself() {
    moveTheWindow();
    PendingAppend append = append(5, false);

    assertThat(gate.refuse(append)).isEqualTo(DropReason.REJECTED);
    assertThat(append.recheck).isTrue();
  }

  @Test
  void aKeyInNeitherPlaceIsAskedForAgain() {
    store(KeyWindow.OVERGROWTH * CAPACITY + 1); // More than a window may hold while nothing seals.
    PendingAppend append = append(5, true);

    assertThat(gate.refuse(append)).isEqualTo(DropReason.REJECTED);
    append.complete();

    assertThatThrownBy(append.future::join)
        .hasCauseInstanceOf(RingTimeoutException.class)
        .hasMessageContaining("nothing was stored");
  }

  @Test
  void aDamagedKeyFileFailsTheAppendAndNotTheJournal() throws IOException {
    moveTheWindow();
    Path file = SegmentFiles.keysFile(SegmentFiles.folder(store, 1));
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 8_192 / 2] ^= 1; // In the page of entries; the filter is in memory.
    Files.write(file, bytes);
    PendingAppend append = append(1_000, true);

    assertThat(gate.refuse(append)).isEqualTo(DropReason.REJECTED);
    append.complete();

    assertThatThrownBy(append.future::join).hasCauseInstanceOf(CorruptJournalException.class);
  }
}
