// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.EventView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentIndexTest {
  @TempDir private Path store;

  @Test
  void writesTheGoldenBytes() {
    SegmentIndex.Builder builder = new SegmentIndex.Builder();
    builder.add(FrameFormat.KIND_SEGMENT_START, 10, 1000, 5, 256);
    builder.add(FrameFormat.KIND_DICTIONARY, 10, 1000, 6, 400);
    builder.add(FrameFormat.KIND_EVENTS, 10, 1001, 7, 500);
    builder.add(FrameFormat.KIND_EVENTS, 300, 1002, 8, 256 + SegmentIndex.SPACING);

    byte[] bytes = SegmentIndexFile.encode(StoreFixture.STORE_ID_BYTES, 3, builder.view());

    assertThat(HexFormat.of().formatHex(bytes))
        .isEqualTo(
            "52464958"
                + "01000000"
                + StoreFixture.STORE_ID
                + "0300000000000000"
                + "02000000"
                + "01000000"
                + "0a00000000000000e8030000000000000500000000000000"
                + "0001000000000000"
                + "2c01000000000000ea030000000000000800000000000000"
                + "0001010000000000"
                + "9001000000000000"
                + HexFormat.of().formatHex(bytes, bytes.length - 4, bytes.length));
  }

  @Test
  void findsTheLastEntryNotBehindASequenceAndInFrontOfATime() {
    SegmentIndex.Builder builder = new SegmentIndex.Builder();
    for (int i = 0; i < 1000; i++) {
      builder.add(FrameFormat.KIND_EVENTS, 100 + i * 10L, 5000 + i / 2, i, 256 + i * 65_536L);
    }
    SegmentIndex index = builder.view();

    assertThat(index.offsetFor(99)).isZero();
    assertThat(index.offsetFor(100)).isEqualTo(256);
    assertThat(index.offsetFor(109)).isEqualTo(256);
    assertThat(index.offsetFor(110)).isEqualTo(256 + 65_536);
    assertThat(index.offsetFor(Long.MAX_VALUE)).isEqualTo(256 + 999 * 65_536L);
    assertThat(index.offsetForTime(5000)).isZero();
    assertThat(index.offsetForTime(5001)).isEqualTo(256 + 65_536);
    assertThat(index.offsetForTime(Long.MAX_VALUE)).isEqualTo(256 + 999 * 65_536L);
  }

  @Test
  void aViewDoesNotChangeWhileTheWriterGoesOn() {
    SegmentIndex.Builder builder = new SegmentIndex.Builder();
    List<SegmentIndex> views = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      builder.add(i % 3, i, i, i, i * 65_536L);
      views.add(builder.view());
    }
    for (int i = 0; i < views.size(); i++) {
      assertThat(views.get(i).size()).isEqualTo(i + 1);
      assertThat(views.get(i).firstSequenceAt(i)).isEqualTo(i);
      assertThat(views.get(i).offsetFor(Long.MAX_VALUE)).isEqualTo(i * 65_536L);
    }
  }

  @Test
  void anIndexThatDoesNotServeIsBuiltAgainEqual() throws IOException {
    StoreFixture fixture = StoreFixture.sealed(store, 1, 400);
    SegmentEntry entry = fixture.manifest.segments().get(0);
    Path file = SegmentFiles.indexFile(SegmentFiles.folder(store, 0));
    byte[] bytes = Files.readAllBytes(file);
    SegmentIndex index = SegmentIndexFile.read(file, StoreFixture.STORE_ID_BYTES, 0);
    assertThat(index).isNotNull();
    assertThat(index.size()).isGreaterThan(5);
    assertThat(index.dictionaryCount()).isEqualTo(26);

    for (int i = 0; i < bytes.length; i++) {
      byte[] damaged = bytes.clone();
      damaged[i] ^= 32;
      assertNotServing(file, damaged);
    }
    for (int length = 0; length < bytes.length; length += 7) {
      assertNotServing(file, Arrays.copyOf(bytes, length));
    }
    assertThat(rebuilt(entry)).isEqualTo(index);
    Files.delete(file);
    assertThat(SegmentIndexFile.read(file, StoreFixture.STORE_ID_BYTES, 0)).isNull();
    assertThat(rebuilt(entry)).isEqualTo(index);
    Files.write(file, bytes);
    assertThat(SegmentIndexFile.read(file, StoreFixture.STORE_ID_BYTES, 1)).isNull();
    assertThat(SegmentIndexFile.read(file, new byte[16], 0)).isNull();
  }

  @Test
  void seeksWorkWithoutTheIndexFile() throws IOException {
    StoreFixture fixture = StoreFixture.sealed(store, 2, 100);
    Files.delete(SegmentFiles.indexFile(SegmentFiles.folder(store, 1)));
    EventView view = new EventView();

    try (JournalCursor cursor = new JournalCursor(fixture.source(), null)) {
      for (int i = fixture.events.size() - 1; i >= 0; i -= 37) {
        cursor.seekSequence(i);
        assertThat(cursor.next(view)).isTrue();
        assertThat(view.eventBytes()).isEqualTo(fixture.events.get(i));
      }
    }
  }

  private SegmentIndex rebuilt(SegmentEntry entry) {
    return SegmentIndexFile.readOrRebuild(store, StoreFixture.STORE_ID_BYTES, entry);
  }

  private static void assertNotServing(Path file, byte[] bytes) throws IOException {
    Files.write(file, bytes);
    assertThat(SegmentIndexFile.read(file, StoreFixture.STORE_ID_BYTES, 0)).isNull();
  }
}
