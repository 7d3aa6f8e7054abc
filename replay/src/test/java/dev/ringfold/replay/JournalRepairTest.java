// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.StoreLockedException;
import dev.ringfold.StoreNotFoundException;
import dev.ringfold.internal.io.StoreLock;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalRepairTest {
  @TempDir private Path temporary;

  private Path store() {
    return temporary.resolve("store");
  }

  @Test
  void anIntactStoreNeedsNothing() throws IOException {
    TestStore.closed(store(), 3);
    Map<Path, String> before = hashes();

    RepairReport report = JournalRepair.repair(store(), false);

    assertThat(report.actions()).isEmpty();
    assertThat(report.complete()).isTrue();
    assertThat(report.toText()).contains("nothing to do");
    assertThat(hashes()).containsAllEntriesOf(before);
  }

  @Test
  void aMissingManifestIsMadeAgainWithTheSameFacts() throws IOException {
    TestStore test = TestStore.closed(store(), 4);
    Files.delete(ManifestFile.path(store()));

    RepairReport report = JournalRepair.repair(store(), false);

    assertThat(report.complete()).isTrue();
    assertThat(report.actions()).hasSize(1);
    assertThat(report.actions().get(0)).contains("rebuilt MANIFEST", "was missing", "4 segments");
    Manifest rebuilt = ManifestFile.read(store());
    assertThat(rebuilt.storeId()).isEqualTo(TestStore.STORE_ID);
    assertThat(rebuilt.session()).isEqualTo(1);
    assertThat(rebuilt.segments()).isEqualTo(withoutHashes(test.manifest));
    assertThat(JournalVerifier.verify(store()).findings()).isEmpty();
  }

  @Test
  void aDamagedManifestIsMadeAgainWhateverByteIsWrong() throws IOException {
    TestStore test = TestStore.closed(store(), 2);
    Random random = new Random(TestStore.SEED);
    for (int i = 0; i < 20; i++) {
      Path file = ManifestFile.path(store());
      TestStore.flip(file, random.nextInt((int) Files.size(file)));

      assertThat(JournalRepair.repair(store(), false).complete()).isTrue();
      assertThat(withoutHashes(ManifestFile.read(store()))).isEqualTo(withoutHashes(test.manifest));
    }
  }

  @Test
  void aCrashedStoreIsRecoveredWithoutItsManifest() throws IOException {
    TestStore test = TestStore.crashed(store(), 2);
    Files.delete(ManifestFile.path(store()));

    RepairReport report = JournalRepair.repair(store(), false);

    assertThat(report.complete()).as(report.toText()).isTrue();
    assertThat(report.actions()).anyMatch(action -> action.contains("finished the recovery"));
    Manifest rebuilt = ManifestFile.read(store());
    assertThat(rebuilt.segments()).allMatch(SegmentEntry::sealed);
    assertThat(rebuilt.segments().get(2).lastSequence()).isEqualTo(test.nextSequence() - 1);
    VerifyReport verified = JournalVerifier.verify(store());
    assertThat(verified.intact()).isTrue();
    assertThat(verified.events()).isEqualTo(test.nextSequence());
    assertThat(JournalRepair.repair(store(), false).actions()).as("again").isEmpty();
  }

  @Test
  void aTornTailIsCutAndReported() throws IOException {
    TestStore test = TestStore.crashed(store(), 1);
    byte[] bytes = Files.readAllBytes(test.queueFile(2));
    int last = bytes.length - 1;
    while (bytes[last] == 0) {
      last--;
    }
    TestStore.flip(test.queueFile(2), last);

    RepairReport report = JournalRepair.repair(store(), false);

    assertThat(report.complete()).isTrue();
    assertThat(report.toText()).contains("sealed up to sequence " + (test.nextSequence() - 3));
    assertThat(JournalVerifier.verify(store()).intact()).isTrue();
  }

  @Test
  void indexesAndTableStoresAreMadeAgain() throws IOException {
    TestStore.closed(store(), 3);
    Map<Path, String> before = hashes();
    for (int segment = 1; segment <= 3; segment++) {
      Path folder = SegmentFiles.folder(store(), segment);
      Files.delete(SegmentFiles.metadataFile(folder));
      if (segment == 1) {
        Files.delete(SegmentFiles.indexFile(folder));
      } else {
        TestStore.flip(SegmentFiles.indexFile(folder), 60);
      }
    }

    RepairReport report = JournalRepair.repair(store(), false);

    assertThat(report.complete()).isTrue();
    assertThat(report.actions()).hasSize(6);
    assertThat(JournalVerifier.verify(store()).findings()).isEmpty();
    Map<Path, String> after = hashes();
    before.keySet().removeIf(file -> file.endsWith(SegmentFiles.METADATA_FILE));
    assertThat(after).as("frames, indexes, manifest").containsAllEntriesOf(before);
  }

  @Test
  void aSealThatWasInterruptedIsFinished() throws IOException {
    TestStore test = TestStore.closed(store(), 2);
    byte[] bytes = Files.readAllBytes(test.queueFile(1));
    Files.write(test.queueFile(1), Arrays.copyOf(bytes, bytes.length + 9000));

    RepairReport report = JournalRepair.repair(store(), false);

    assertThat(report.complete()).isTrue();
    assertThat(report.toText()).contains("no frame lies there");
    assertThat(Files.readAllBytes(test.queueFile(1))).isEqualTo(bytes);
  }

  @Test
  void damagedFramesStayAndAreReported() throws IOException {
    TestStore test = TestStore.closed(store(), 3);
    TestStore.flip(test.queueFile(2), test.manifest.segments().get(1).length() - 300);
    byte[] damaged = Files.readAllBytes(test.queueFile(2));
    Files.delete(ManifestFile.path(store()));

    RepairReport report = JournalRepair.repair(store(), false);

    assertThat(report.complete()).isFalse();
    assertThat(report.problems().get(0)).contains("0000000002", "first bad sequence");
    assertThat(Files.readAllBytes(test.queueFile(2))).isEqualTo(damaged);
    Manifest rebuilt = ManifestFile.read(store());
    assertThat(rebuilt.segments().get(1).lastSequence())
        .isEqualTo(test.manifest.segments().get(1).lastSequence());
    VerifyReport verified = JournalVerifier.verify(store());
    assertThat(verified.intact()).as("the loss stays visible").isFalse();
    assertThat(verified.findings().get(0).file()).isEqualTo(test.queueFile(2));
  }

  @Test
  void aMissingSegmentStaysVisibleInTheNewManifest() throws IOException {
    TestStore test = TestStore.closed(store(), 4);
    SegmentEntry lost = test.manifest.segments().get(1);
    try (Stream<Path> files = Files.list(SegmentFiles.folder(store(), 2))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(SegmentFiles.folder(store(), 2));
    Files.delete(ManifestFile.path(store()));

    RepairReport report = JournalRepair.repair(store(), false);

    assertThat(report.complete()).isFalse();
    assertThat(report.problems().get(0))
        .contains("sequences " + lost.firstSequence() + " to " + lost.lastSequence());
    VerifyReport verified = JournalVerifier.verify(store());
    assertThat(verified.count(Severity.ERROR)).isEqualTo(1);
    assertThat(verified.findings().get(0).firstBadSequence()).isEqualTo(lost.firstSequence());
  }

  @Test
  void aDryRunChangesNothingAndSaysTheSame() throws IOException {
    TestStore.closed(store(), 3);
    Files.delete(SegmentFiles.indexFile(SegmentFiles.folder(store(), 2)));
    Files.delete(SegmentFiles.metadataFile(SegmentFiles.folder(store(), 3)));
    Map<Path, String> before = hashes();

    RepairReport dry = JournalRepair.repair(store(), true);

    assertThat(hashes()).isEqualTo(before);
    assertThat(dry.toText()).contains("would repair");
    assertThat(dry.toJson()).contains("\"dryRun\":true");
    assertThat(JournalRepair.repair(store(), false).actions()).isEqualTo(dry.actions());
  }

  @Test
  void anOpenStoreIsNotTouched() {
    TestStore.closed(store(), 1);
    StoreLock lock = StoreLock.acquire(store(), Duration.ofSeconds(1));
    try {
      assertThatThrownBy(() -> JournalRepair.repair(store(), false))
          .isInstanceOf(StoreLockedException.class);
    } finally {
      lock.close();
    }
  }

  @Test
  void noStoreIsATypedError() throws IOException {
    assertThatThrownBy(() -> JournalRepair.repair(store(), false))
        .isInstanceOf(StoreNotFoundException.class);
    Files.createDirectories(store());
    assertThatThrownBy(() -> JournalRepair.repair(store(), true))
        .isInstanceOf(StoreNotFoundException.class);
  }

  private static List<SegmentEntry> withoutHashes(Manifest manifest) {
    return manifest.segments().stream()
        .map(
            entry ->
                SegmentEntry.open(
                        entry.number(),
                        entry.firstSequence(),
                        entry.firstFrame(),
                        entry.previousCrc(),
                        entry.beginNanos())
                    .seal(
                        entry.lastSequence(),
                        entry.frames(),
                        entry.length(),
                        entry.lastCrc(),
                        entry.endNanos(),
                        null))
        .toList();
  }

  private Map<Path, String> hashes() throws IOException {
    Map<Path, String> hashes = new HashMap<>();
    try (Stream<Path> files = Files.walk(store())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        hashes.put(store().relativize(file), FileHash.sha256(file, Long.MAX_VALUE));
      }
    }
    return hashes;
  }
}
