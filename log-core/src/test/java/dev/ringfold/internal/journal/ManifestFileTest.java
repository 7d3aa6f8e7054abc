// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.LogClosedException;
import dev.ringfold.StoreNotFoundException;
import dev.ringfold.StoreTooNewException;
import dev.ringfold.internal.io.FaultPoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestFileTest {
  private static final String STORE = "00112233445566778899aabbccddeeff";
  private static final String HASH = "0123456789abcdef".repeat(4);
  private static final String GOLDEN =
      """
      ringfold-manifest 1
      store 00112233445566778899aabbccddeeff
      session 3
      state open
      durable 104
      floor 10
      lineage ffeeddccbbaa99887766554433221100@55
      segment 4 sealed first=10 last=99 frames=7 length=8192 firstFrame=3 previousCrc=0000002a \
      lastCrc=deadbeef begin=1700000000000000000 end=1700000000000000999 sha256=%s
      segment 5 sealed first=100 last=99 frames=2 length=512 firstFrame=10 previousCrc=deadbeef \
      lastCrc=00000000 begin=1700000000000001000 end=1700000000000001000 sha256=-
      segment 7 open first=100 last=- frames=- length=- firstFrame=12 previousCrc=00000000 \
      lastCrc=- begin=1700000000000002000 end=- sha256=-
      """
          .formatted(HASH);

  @TempDir private Path store;

  private final Manifest manifest =
      new Manifest(
          STORE,
          3,
          Manifest.State.OPEN,
          104,
          10,
          new Manifest.Lineage("ffeeddccbbaa99887766554433221100", 55),
          List.of(
              SegmentEntry.open(4, 10, 3, 42, 1_700_000_000_000_000_000L)
                  .seal(99, 7, 8192, 0xDEADBEEF, 1_700_000_000_000_000_999L, HASH),
              SegmentEntry.open(5, 100, 10, 0xDEADBEEF, 1_700_000_000_000_001_000L)
                  .seal(99, 2, 512, 0, 1_700_000_000_000_001_000L, null),
              SegmentEntry.open(7, 100, 12, 0, 1_700_000_000_000_002_000L)));

  @BeforeEach
  void createDirectories() throws IOException {
    Files.createDirectories(store.resolve(ManifestFile.TEMPORARY_DIRECTORY));
  }

  @Test
  void writesTheGoldenText() throws IOException {
    ManifestFile.write(store, manifest);

    assertThat(Files.readString(store.resolve("MANIFEST"))).isEqualTo(withCrc(GOLDEN));
    assertThat(ManifestFile.read(store)).isEqualTo(manifest);
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(store.resolve("MANIFEST"))))
        .isEqualTo("rw-------");
    assertThat(store.resolve("_tmp")).isEmptyDirectory();
  }

  @Test
  void aCrashBeforeTheRenameLeavesTheOldManifest() {
    ManifestFile.write(store, manifest);

    try (FaultPoint.Hook hook =
        FaultPoint.install(
            name -> {
              if (name.equals("manifest.tmpWritten")) {
                throw new IllegalStateException("crash");
              }
            })) {
      assertThat(hook).isNotNull();
      assertThatThrownBy(() -> ManifestFile.write(store, manifest.withDurable(500)))
          .hasMessage("crash");
    }

    assertThat(ManifestFile.read(store)).isEqualTo(manifest);
    ManifestFile.write(store, manifest.withDurable(501));
    assertThat(ManifestFile.read(store).durableSequence()).isEqualTo(501);
  }

  @Test
  void everyFlippedByteIsDetected() throws IOException {
    ManifestFile.write(store, manifest);
    byte[] bytes = Files.readAllBytes(store.resolve("MANIFEST"));
    for (int i = 0; i < bytes.length; i++) {
      int bit = i % 8;
      byte[] flipped = bytes.clone();
      flipped[i] ^= (byte) (1 << bit);
      assertDamaged(flipped, "byte " + i + " bit " + bit);
    }
  }

  @Test
  void everyTruncationIsDetected() throws IOException {
    ManifestFile.write(store, manifest);
    byte[] bytes = Files.readAllBytes(store.resolve("MANIFEST"));
    for (int length = 0; length < bytes.length; length++) {
      assertDamaged(java.util.Arrays.copyOf(bytes, length), "length " + length);
    }
    assertDamaged(java.util.Arrays.copyOf(bytes, bytes.length + 1), "one byte more");
  }

  private void assertDamaged(byte[] bytes, String what) throws IOException {
    Files.write(store.resolve("MANIFEST"), bytes);
    assertThatThrownBy(() -> ManifestFile.read(store))
        .as(what)
        .isInstanceOf(CorruptJournalException.class)
        .hasMessageContaining("MANIFEST")
        .hasMessageContaining("ringfold repair");
  }

  @Test
  void aWrongLineIsNamedThoughTheChecksumIsRight() throws IOException {
    assertLine(GOLDEN.replace("session 3", "session x"), "line 3: expected a number");
    assertLine(GOLDEN.replace("session 3", "session 03"), "line 3: expected a plain number");
    assertLine(
        GOLDEN.replace("state open", "state shut"), "line 4: expected open, clean or failed");
    assertLine(GOLDEN.replace("floor 10\n", ""), "line 6: expected 'floor'");
    assertLine(GOLDEN.replace("first=10 ", "begins=10 "), "line 8: expected first=");
    assertLine(GOLDEN.replace("last=99 frames=7", "last=- frames=7"), "last of a sealed segment");
    assertLine(GOLDEN.replace("first=100 last=99", "first=101 last=100"), "must begin at sequence");
    assertLine(GOLDEN.replace("segment 5", "segment 4"), "must not follow segment 4");
    assertLine(GOLDEN.replace("firstFrame=10 ", "firstFrame=11 "), "must begin at frame 10");
    assertLine(GOLDEN.replace("lastCrc=-", "lastCrc=00000001"), "line 10: expected -");
    assertLine(GOLDEN + "segment", "does not end in LF");
  }

  private void assertLine(String text, String problem) throws IOException {
    Files.writeString(store.resolve("MANIFEST"), withCrc(text));
    assertThatThrownBy(() -> ManifestFile.read(store))
        .isInstanceOf(CorruptJournalException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void aNewerVersionIsTooNew() throws IOException {
    Files.writeString(store.resolve("MANIFEST"), withCrc("ringfold-manifest 3\nanything else\n"));

    assertThatThrownBy(() -> ManifestFile.read(store))
        .isInstanceOf(StoreTooNewException.class)
        .hasMessageContaining("format version 3");
  }

  @Test
  void aForkOfAForkWritesItsGoldenText() throws IOException {
    String grandparent = "0f".repeat(16);
    Manifest fork =
        new Manifest(
            STORE,
            3,
            Manifest.State.CLEAN,
            55,
            10,
            List.of(
                new Manifest.Lineage("ffeeddccbbaa99887766554433221100", 55),
                new Manifest.Lineage(grandparent, 12)),
            "lr halved, \u00e9",
            List.of(
                SegmentEntry.open(4, 10, 3, 42, 1_700_000_000_000_000_000L)
                    .cutAt(
                        55, new ChainState(9, 0xDEADBEEF, 56, 1_700_000_000_000_000_999L), 8192)));
    String golden =
        """
        ringfold-manifest 2
        store 00112233445566778899aabbccddeeff
        session 3
        state clean
        durable 55
        floor 10
        lineage ffeeddccbbaa99887766554433221100@55
        ancestor 0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f@12
        name lr halved, \u00e9
        segment 4 sealed first=10 last=55 frames=7 length=8192 firstFrame=3 previousCrc=0000002a \
        lastCrc=deadbeef begin=1700000000000000000 end=1700000000000000999 sha256=- cut=yes
        """;

    ManifestFile.write(store, fork);

    assertThat(Files.readString(store.resolve("MANIFEST"))).isEqualTo(withCrc(golden));
    assertThat(ManifestFile.read(store)).isEqualTo(fork);
    assertThat(fork.lineage())
        .isEqualTo(new Manifest.Lineage("ffeeddccbbaa99887766554433221100", 55));
    assertLine(golden.replace("cut=yes", "cut=no"), "expected 'segment' and its facts");
    assertLine(golden.replace("@12", "@56"), "cannot end at 56");
    assertLine(golden.replace(grandparent, STORE), "cannot be its own ancestor");
    assertLine(golden.replace("name lr", "name  lr"), "no spaces at its ends");
    assertLine(
        golden.replace("lineage ffeeddccbbaa99887766554433221100@55", "lineage none"),
        "expected 'segment'");
  }

  @Test
  void eachSegmentKnowsTheStoreThatWroteIt() {
    Manifest fork =
        new Manifest(
            STORE,
            3,
            Manifest.State.CLEAN,
            104,
            10,
            List.of(
                new Manifest.Lineage("a".repeat(32), 99), new Manifest.Lineage("b".repeat(32), 9)),
            "",
            manifest.segments());

    assertThat(fork.segments())
        .extracting(fork::writerOf)
        .containsExactly("a".repeat(32), STORE, STORE);
    assertThat(fork.writerOf(SegmentEntry.open(1, 9, 0, 0, 1))).isEqualTo("b".repeat(32));
    assertThat(Manifest.create(STORE).writerOf(manifest.segments().get(0))).isEqualTo(STORE);
  }

  @Test
  void aMissingManifestIsAMissingStore() {
    assertThatThrownBy(() -> ManifestFile.read(store)).isInstanceOf(StoreNotFoundException.class);
  }

  @Test
  void findsTheSegmentOfASequence() {
    assertThat(manifest.entryFor(9)).isNull();
    assertThat(manifest.entryFor(10)).isEqualTo(manifest.segments().get(0));
    assertThat(manifest.entryFor(99)).isEqualTo(manifest.segments().get(0));
    assertThat(manifest.entryFor(100)).isEqualTo(manifest.segments().get(2));
    assertThat(manifest.entryFor(100_000)).isEqualTo(manifest.segments().get(2));
    assertThat(manifest.segment(6)).isNull();
    assertThat(manifest.segment(7)).isEqualTo(manifest.lastSegment());
    assertThat(manifest.retired(9)).isTrue();
  }

  @Test
  void findsTheSegmentOfATime() {
    assertThat(manifest.placeOfTime(0)).isZero();
    assertThat(manifest.placeOfTime(1_700_000_000_000_000_999L)).isZero();
    assertThat(manifest.placeOfTime(1_700_000_000_000_001_000L)).isEqualTo(1);
    assertThat(manifest.placeOfTime(1_700_000_000_000_001_001L)).isEqualTo(2);
    assertThat(manifest.placeOfTime(Long.MAX_VALUE)).isEqualTo(2);
  }

  @Test
  void dropsSegmentsBelowTheFloor() {
    Manifest cut = manifest.withFloor(100, 5);

    assertThat(cut.segments()).extracting(SegmentEntry::number).containsExactly(5L, 7L);
    assertThat(cut.floorSequence()).isEqualTo(100);
  }

  private static String withCrc(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return text + String.format(Locale.ROOT, "crc32c %08x\n", crc.getValue());
  }

  @Test
  void afterCloseTheFileIsLeftToTheNextWriter() {
    ManifestStore manifests = new ManifestStore(store, manifest);
    manifests.persist();
    manifests.update(m -> m.withState(Manifest.State.FAILED));
    manifests.close();

    assertThatThrownBy(manifests::persist).isInstanceOf(LogClosedException.class);
    assertThat(ManifestFile.read(store)).isEqualTo(manifest);
  }
}
