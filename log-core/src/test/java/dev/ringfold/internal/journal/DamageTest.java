// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.EventView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damage to a segment file is never delivered, never passed over and never another exception. */
class DamageTest {
  @TempDir private Path store;

  private StoreFixture fixture;
  private Path file;
  private byte[] intact;
  private long lastFrameOffset;

  @BeforeEach
  void writeStore() throws IOException {
    fixture = StoreFixture.sealed(store, 3, 12);
    file = SegmentFiles.queueFile(store, 1);
    intact = Files.readAllBytes(file);
    SegmentEntry entry = fixture.manifest.segments().get(1);
    SegmentScan.scan(
        file, entry.before(), Long.MAX_VALUE, frame -> lastFrameOffset = frame.offset());
  }

  @Test
  void flippedBytesInASealedSegment() throws IOException {
    int detected = 0;
    for (int at = 0; at < intact.length; at += 64) {
      Files.write(file, flipped(at, 1 << (at / 64 % 8)));
      detected += readAll("flip at " + at) ? 0 : 1;
    }
    assertThat(detected).as("flips that hit frames").isGreaterThan(100);
  }

  @Test
  void everyByteOfADocumentHeaderAndAFrameHeader() throws IOException {
    int at = (int) secondFrameOffset();
    for (int i = at; i < at + 68; i++) {
      for (int mask : new int[] {1, 0x40, 0x80, 0xFF}) {
        Files.write(file, flipped(i, mask));
        assertThat(readAll("flip of " + mask + " at " + i)).as("flip at " + i).isFalse();
      }
    }
  }

  @Test
  void flippedBytesInAnOpenSegmentThatIsDurable() throws IOException {
    openLastSegment();
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 0; at < bytes.length; at += 256) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 4;
      Files.write(file, damaged);
      readAll("open, flip at " + at);
    }
  }

  @Test
  void truncationOfASealedSegment() throws IOException {
    for (int length = 0; length < intact.length; length += 4096) {
      Files.write(file, Arrays.copyOf(intact, length));
      assertThat(readAll("length " + length)).isFalse();
    }
    Files.write(file, Arrays.copyOf(intact, intact.length - 1));
    assertThat(readAll("one byte less")).isFalse();
  }

  @Test
  void truncationOfAnOpenSegmentThatIsDurable() throws IOException {
    openLastSegment();
    byte[] bytes = Files.readAllBytes(file);
    for (int length = 0; length < bytes.length; length += 4096) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThat(readAll("open, length " + length)).isFalse();
    }
  }

  @Test
  void aZeroedPage() throws IOException {
    for (int at = 0; at < intact.length; at += 4096) {
      byte[] damaged = intact.clone();
      Arrays.fill(damaged, at, Math.min(at + 4096, damaged.length), (byte) 0);
      Files.write(file, damaged);
      readAll("zeroed page at " + at);
      ScanResult result = SegmentScan.scan(file, fixture.manifest.segments().get(1).before());
      if (result.stop() == ScanResult.Stop.CLEAN_END) {
        assertThat(result.after())
            .as("page at %s: a clean end must be the real end", at)
            .isEqualTo(fixture.manifest.segments().get(1).after());
      }
    }
  }

  @Test
  void scanTellsATornTailFromCorruption() throws IOException {
    SegmentEntry entry = fixture.manifest.segments().get(1);
    for (int at = (int) secondFrameOffset(); at < intact.length; at += 32) {
      byte[] damaged = flipped(at, 0x10);
      Files.write(file, damaged);
      ScanResult result = SegmentScan.scan(file, entry.before());
      boolean inLastFrame = at >= lastFrameOffset;
      if (result.frames() == entry.frames()) {
        assertThat(at).as("harmless only between documents").isNotZero();
        continue;
      }
      assertThat(result.validFrameAfter()).as("flip at " + at).isEqualTo(!inLastFrame);
      assertThat(result.stop())
          .isIn(
              inLastFrame
                  ? new Object[] {ScanResult.Stop.TORN, ScanResult.Stop.CLEAN_END}
                  : new Object[] {ScanResult.Stop.DAMAGED});
      assertThat(result.stopOffset()).isLessThanOrEqualTo(at);
      if (!inLastFrame) {
        assertThat(result.beyond().lastSequence()).isEqualTo(entry.lastSequence());
        assertThat(result.beyond().lastFrameNumber()).isEqualTo(entry.after().frameNumber());
      }
    }
  }

  private long secondFrameOffset() {
    SegmentEntry entry = fixture.manifest.segments().get(1);
    try (FrameReader reader = FrameReader.open(file)) {
      reader.expect(entry.before());
      assertThat(reader.next()).isEqualTo(FrameStatus.FRAME);
      return reader.nextOffset();
    }
  }

  /** Turns segment 2 into the newest, unsealed one, and takes it for the file to damage. */
  private void openLastSegment() {
    SegmentEntry last = fixture.manifest.segments().get(2);
    SegmentEntry open =
        SegmentEntry.open(
            2, last.firstSequence(), last.firstFrame(), last.previousCrc(), last.beginNanos());
    fixture.manifest = fixture.manifest.withSegment(open).withState(Manifest.State.OPEN);
    ManifestFile.write(store, fixture.manifest);
    file = SegmentFiles.queueFile(store, 2);
  }

  private byte[] flipped(int at, int mask) {
    byte[] damaged = intact.clone();
    damaged[at] ^= (byte) mask;
    return damaged;
  }

  /** Whether everything was read; anything else must be the typed error after a correct prefix. */
  private boolean readAll(String what) {
    EventView view = new EventView();
    int read = 0;
    try (JournalCursor cursor = new JournalCursor(fixture.source(), null)) {
      while (cursor.next(view)) {
        assertThat(view.sequence()).as(what).isEqualTo(read);
        assertThat(view.eventBytes()).as(what).isEqualTo(fixture.events.get(read));
        read++;
      }
    } catch (CorruptJournalException e) {
      assertThat(e.firstBadSequence()).as(what).isEqualTo(read);
      assertThat(e.file()).as(what).isEqualTo(file);
      return false;
    }
    assertThat(read).as(what + ": silently fewer").isEqualTo(fixture.events.size());
    return true;
  }
}
