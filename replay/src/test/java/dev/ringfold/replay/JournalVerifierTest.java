// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ringfold.StoreNotFoundException;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.internal.keys.KeyEntries;
import dev.ringfold.internal.keys.KeyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalVerifierTest {
  @TempDir private Path temporary;

  private Path store() {
    return temporary.resolve("store");
  }

  @Test
  void anIntactStoreHasNoFindings() throws IOException {
    TestStore test = TestStore.closed(store(), 4);
    Map<String, String> before = contents();

    VerifyReport report = JournalVerifier.verify(store());

    assertThat(report.findings()).isEmpty();
    assertThat(report.intact()).isTrue();
    assertThat(report.segments()).isEqualTo(4);
    assertThat(report.hashedSegments()).isEqualTo(4);
    assertThat(report.events()).isEqualTo(test.nextSequence());
    assertThat(report.lastSequence()).isEqualTo(test.nextSequence() - 1);
    assertThat(report.toText()).contains("intact: 0 errors, 0 warnings, 0 notes");
    assertThat(contents()).as("verify changes nothing").isEqualTo(before);
  }

  @Test
  void everyFlippedByteOfASegmentIsFound() throws IOException {
    TestStore test = TestStore.closed(store(), 3);
    Path file = test.queueFile(2);
    byte[] intact = Files.readAllBytes(file);
    Random random = new Random(TestStore.SEED);
    for (int i = 0; i < 150; i++) {
      int at = random.nextInt(intact.length);
      TestStore.flip(file, at);
      VerifyReport report = JournalVerifier.verify(store());
      assertThat(report.intact()).as("seed %s, offset %s", TestStore.SEED, at).isFalse();
      assertThat(report.findings().get(0).file()).isEqualTo(file);
      Files.write(file, intact);
    }
  }

  @Test
  void damageIsNamedWithFileOffsetSequenceAndRemedy() throws IOException {
    TestStore test = TestStore.closed(store(), 3);
    SegmentEntry entry = test.manifest.segments().get(1);
    TestStore.flip(test.queueFile(2), entry.length() - 10);

    VerifyReport report = JournalVerifier.verify(store(), false);

    assertThat(report.findings()).hasSize(1);
    Finding finding = report.findings().get(0);
    assertThat(finding.severity()).isEqualTo(Severity.ERROR);
    assertThat(finding.firstBadSequence()).isEqualTo(entry.lastSequence() - 1);
    assertThat(finding.offset()).isBetween(entry.length() - 400, entry.length() - 10);
    assertThat(finding.toText()).contains("0000000002", "frame CRC", "Restore the segment");
    JsonNode json = new JsonMapper().readTree(report.toJson());
    assertThat(json.get("intact").asBoolean()).isFalse();
    assertThat(json.get("findings").get(0).get("severity").asText()).isEqualTo("error");
    assertThat(json.get("findings").get(0).get("firstBadSequence").asLong())
        .isEqualTo(finding.firstBadSequence());
  }

  @Test
  void aMissingOrCutSegmentIsNamedWithItsSequences() throws IOException {
    TestStore test = TestStore.closed(store(), 3);
    SegmentEntry entry = test.manifest.segments().get(1);
    byte[] intact = Files.readAllBytes(test.queueFile(2));
    Files.write(test.queueFile(2), java.util.Arrays.copyOf(intact, intact.length / 2));
    assertThat(JournalVerifier.verify(store()).intact()).isFalse();

    Files.delete(test.queueFile(2));

    VerifyReport report = JournalVerifier.verify(store());
    assertThat(report.intact()).isFalse();
    assertThat(report.findings().get(0).text())
        .contains("missing")
        .contains("sequences " + entry.firstSequence() + " to " + entry.lastSequence());
    assertThat(report.count(Severity.ERROR)).isEqualTo(1);
  }

  @Test
  void derivedFilesAreWarningsThatRepairMends() throws IOException {
    TestStore test = TestStore.closed(store(), 2);
    Path folder = SegmentFiles.folder(store(), 1);
    TestStore.flip(SegmentFiles.indexFile(folder), 50);
    Files.delete(SegmentFiles.keysFile(folder));
    Files.delete(SegmentFiles.metadataFile(folder));

    VerifyReport report = JournalVerifier.verify(store());

    assertThat(report.intact()).isTrue();
    assertThat(test.manifest.segments()).hasSize(2);
    assertThat(report.findings())
        .extracting(finding -> finding.severity() + " " + finding.file().getFileName())
        .containsExactly("WARNING index", "WARNING keys", "NOTE metadata.cq4t");
  }

  @Test
  void keysAndTagsOfNoEventAreFound() {
    TestStore test = TestStore.closed(store(), 1);
    Path folder = SegmentFiles.folder(store(), 1);
    KeyEntries keys = new KeyEntries();
    keys.addKey(1, 2, 3, 4, 1, 5);
    test.keys(1, SegmentFiles.keysFile(folder), KeyFile.Content.KEYS, keys);
    KeyEntries tags = new KeyEntries();
    tags.addPair(1024, 1, 2, 4);
    test.keys(1, SegmentFiles.tagsFile(folder), KeyFile.Content.CONDITIONS, tags);

    VerifyReport report = JournalVerifier.verify(store());

    assertThat(report.findings())
        .extracting(finding -> finding.severity() + " " + finding.file().getFileName())
        .containsExactly("WARNING keys", "WARNING tags");
    assertThat(report.findings().get(0).text()).contains("1 entries").contains("segment 0");
  }

  @Test
  void aLedgerThatDoesNotBalanceIsFound() {
    TestStore test = new TestStore(store());
    List<byte[]> frames = test.begin(1);
    test.events(frames, 5);
    frames.add(test.mark(test.stored() + 1, test.stored(), 0));
    test.write(1, frames);
    test.seal(1, true);

    VerifyReport report = JournalVerifier.verify(store());

    assertThat(report.intact()).isFalse();
    assertThat(report.findings().get(0).text())
        .contains("the ledger does not balance", "offered 11, stored 10, dropped 0");
  }

  @Test
  void aLedgerThatCountsOtherThanTheJournalIsFound() {
    TestStore test = new TestStore(store());
    List<byte[]> frames = test.begin(1);
    test.events(frames, 5);
    frames.add(test.mark(11, 11, 0));
    test.write(1, frames);
    test.seal(1, true);

    assertThat(JournalVerifier.verify(store()).findings().get(0).text())
        .contains("the journal holds 10 events");
  }

  @Test
  void aCrashedStoreIsIntactWithANote() {
    TestStore.crashed(store(), 2);

    VerifyReport report = JournalVerifier.verify(store());

    assertThat(report.intact()).isTrue();
    assertThat(report.findings()).hasSize(1);
    assertThat(report.findings().get(0).severity()).isEqualTo(Severity.NOTE);
    assertThat(report.findings().get(0).text()).contains("not sealed");
  }

  @Test
  void aTornTailIsANoteUnlessItWasDurable() throws IOException {
    TestStore test = TestStore.crashed(store(), 1);
    long end = lastByte(test.queueFile(2));
    TestStore.flip(test.queueFile(2), end);

    VerifyReport torn = JournalVerifier.verify(store());
    ManifestFile.write(store(), test.manifest.withDurable(test.nextSequence() - 1));
    VerifyReport lost = JournalVerifier.verify(store());

    assertThat(torn.intact()).isTrue();
    assertThat(torn.findings().get(0).text()).contains("torn tail");
    assertThat(lost.intact()).isFalse();
    assertThat(lost.findings().get(0).firstBadSequence()).isEqualTo(test.nextSequence() - 2);
  }

  @Test
  void aHoleAboveTheWatermarkIsAWarning() throws IOException {
    TestStore test = TestStore.crashed(store(), 1);
    TestStore.flip(test.queueFile(2), lastByte(test.queueFile(2)) - 1000);

    VerifyReport report = JournalVerifier.verify(store());

    assertThat(report.intact()).isTrue();
    assertThat(report.count(Severity.WARNING)).isEqualTo(1);
    assertThat(report.findings().get(0).text()).contains("intact frames lie behind");
  }

  @Test
  void filesThatDoNotBelongAreNamed() throws IOException {
    TestStore test = TestStore.closed(store(), 3);
    Files.createDirectories(SegmentFiles.folder(store(), 9));
    Files.createFile(SegmentFiles.journal(store()).resolve("notes.txt"));
    Files.createFile(store().resolve("_tmp/MANIFEST.1.tmp"));
    ManifestFile.write(
        store(), test.manifest.withFloor(test.manifest.segments().get(1).firstSequence(), 2));

    assertThat(JournalVerifier.verify(store()).findings())
        .extracting(finding -> finding.severity() + " " + finding.file().getFileName())
        .containsExactly(
            "NOTE 0000000001", "WARNING 0000000009", "WARNING notes.txt", "NOTE MANIFEST.1.tmp");
  }

  @Test
  void aManifestThatDoesNotFitTheFramesIsFound() {
    TestStore test = TestStore.closed(store(), 3);
    SegmentEntry last = test.manifest.segments().get(2);
    SegmentEntry wrong =
        SegmentEntry.open(
                3, last.firstSequence(), last.firstFrame(), last.previousCrc(), last.beginNanos())
            .seal(
                last.lastSequence() + 1,
                last.frames(),
                last.length(),
                last.lastCrc(),
                last.endNanos(),
                last.sha256());
    ManifestFile.write(store(), test.manifest.withSegment(wrong));

    VerifyReport report = JournalVerifier.verify(store());

    assertThat(report.intact()).isFalse();
    assertThat(report.findings().get(0).text()).contains("last sequence");
  }

  @Test
  void withoutItsManifestTheFramesAreStillChecked() throws IOException {
    TestStore test = TestStore.closed(store(), 3);
    Files.delete(ManifestFile.path(store()));

    VerifyReport missing = JournalVerifier.verify(store());
    assertThat(missing.intact()).isFalse();
    assertThat(missing.events()).isEqualTo(test.nextSequence());
    assertThat(missing.findings()).hasSize(1);
    assertThat(missing.findings().get(0).remedy()).contains("ringfold repair");

    TestStore.flip(test.queueFile(2), test.manifest.segments().get(1).length() - 500);
    assertThat(JournalVerifier.verify(store()).count(Severity.ERROR)).isGreaterThan(1);
  }

  @Test
  void floorAboveWhatIsThereIsALoss() {
    TestStore test = TestStore.closed(store(), 3);
    Manifest cut = test.manifest.withSegments(test.manifest.segments().subList(1, 3));
    ManifestFile.write(store(), cut);

    VerifyReport report = JournalVerifier.verify(store());

    assertThat(report.intact()).isFalse();
    assertThat(report.findings().get(0).text()).contains("promises sequences from 0 on");
  }

  @Test
  void noStoreIsATypedError() {
    assertThatThrownBy(() -> JournalVerifier.verify(store()))
        .isInstanceOf(StoreNotFoundException.class);
  }

  private static long lastByte(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int at = bytes.length - 1;
    while (bytes[at] == 0) {
      at--;
    }
    return at;
  }

  private Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(store())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(file.toString(), FileHash.sha256(file, Long.MAX_VALUE));
      }
    }
    return contents;
  }
}
