// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.EventView;
import dev.ringfold.SegmentRetiredException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("smoke")
class JournalCursorTest {
  @TempDir private Path store;

  private final EventView view = new EventView();

  @Test
  void readsEveryEventOnceAndInOrderOverSegmentBorders() {
    StoreFixture fixture = StoreFixture.sealed(store, 4, 60);

    try (JournalCursor cursor = new JournalCursor(fixture.source(), null)) {
      for (int i = 0; i < fixture.events.size(); i++) {
        assertThat(cursor.next(view)).isTrue();
        assertThat(view.sequence()).isEqualTo(i);
        assertThat(view.eventBytes()).isEqualTo(fixture.events.get(i));
        assertThat(view.logTimeNanos()).isEqualTo(fixture.logTimes.get(i));
      }
      assertThat(cursor.next(view)).isFalse();
      assertThat(cursor.next(view)).isFalse();
      assertThat(cursor.nextSequence()).isEqualTo(fixture.events.size());
    }
  }

  @Test
  void seekToAnySequenceGivesWhatALinearScanGives() {
    StoreFixture fixture = StoreFixture.sealed(store, 4, 300);
    Random random = new Random(StoreFixture.SEED);
    int count = fixture.events.size();

    try (JournalCursor cursor = new JournalCursor(fixture.source(), null)) {
      for (int i = 0; i < 3000; i++) {
        int sequence = random.nextInt(count);
        cursor.seekSequence(sequence);
        for (int j = sequence; j < Math.min(count, sequence + 50); j++) {
          assertThat(cursor.next(view)).isTrue();
          assertThat(view.sequence()).isEqualTo(j);
          assertThat(view.eventBytes()).isEqualTo(fixture.events.get(j));
        }
      }
    }
  }

  @Test
  void seekToAnyTimeGivesTheFirstEventAtOrAfterIt() {
    StoreFixture fixture = StoreFixture.sealed(store, 4, 300);
    Random random = new Random(StoreFixture.SEED);
    long span = fixture.logTime - StoreFixture.TIME_ZERO + 2000;

    try (JournalCursor cursor = new JournalCursor(fixture.source(), null)) {
      for (int i = 0; i < 1000; i++) {
        long time = StoreFixture.TIME_ZERO - 1000 + random.nextLong(span);
        int expected = 0;
        while (expected < fixture.events.size() && fixture.logTimes.get(expected) < time) {
          expected++;
        }
        cursor.seekTime(time);
        assertThat(cursor.next(view)).isEqualTo(expected < fixture.events.size());
        if (expected < fixture.events.size()) {
          assertThat(view.sequence()).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void seekPastTheEndWaitsThere() {
    StoreFixture fixture = StoreFixture.sealed(store, 2, 20);

    try (JournalCursor cursor = new JournalCursor(fixture.source(), null)) {
      cursor.seekSequence(fixture.events.size() + 100L);
      assertThat(cursor.next(view)).isFalse();

      cursor.seekSequence(fixture.events.size() - 1L);
      assertThat(cursor.next(view)).isTrue();
      assertThat(cursor.next(view)).isFalse();
    }
  }

  @Test
  void anEmptyStoreHasNothingYet() {
    StoreFixture fixture = new StoreFixture(store, 1);

    try (JournalCursor cursor = new JournalCursor(fixture.source(), null)) {
      assertThat(cursor.next(view)).isFalse();
      cursor.seekSequence(0);
      cursor.seekTime(0);
      assertThat(cursor.next(view)).isFalse();
      fixture.addSealed(0, 3);
      assertThat(cursor.next(view)).isTrue();
      assertThat(view.sequence()).isZero();
    }
  }

  @Test
  void deliversOnlyWhatTheFilterPassesAndCountsTheRest() {
    StoreFixture fixture = StoreFixture.sealed(store, 2, 60);
    BitSet types = new BitSet();
    types.set(1025);
    BitSet streams = new BitSet();
    streams.set(3);

    List<Long> delivered = new ArrayList<>();
    try (JournalCursor cursor = new JournalCursor(fixture.source(), null)) {
      cursor.filter(EventFilter.of(types, streams));
      while (cursor.next(view)) {
        assertThat(view.typeId()).isEqualTo(1025);
        assertThat(view.streamId()).isEqualTo(3);
        delivered.add(view.sequence());
      }
      assertThat(cursor.nextSequence()).isEqualTo(fixture.events.size());
    }

    List<Long> expected = new ArrayList<>();
    for (int i = 0; i < fixture.events.size(); i++) {
      byte[] event = fixture.events.get(i);
      if (event[4] == 1 && event[5] == 4 && event[12] == 3) {
        expected.add((long) i);
      }
    }
    assertThat(expected).isNotEmpty();
    assertThat(delivered).isEqualTo(expected);
  }

  @Test
  void stopsAtTheGivenSequenceAndGoesOnWhenItIsRaised() {
    StoreFixture fixture = StoreFixture.sealed(store, 2, 60);

    try (JournalCursor cursor = new JournalCursor(fixture.source(), null)) {
      cursor.upTo(9);
      assertThat(count(cursor)).isEqualTo(10);
      cursor.upTo(10);
      assertThat(count(cursor)).isEqualTo(1);
      cursor.upTo(Long.MAX_VALUE);
      assertThat(count(cursor)).isEqualTo(fixture.events.size() - 11);
    }
  }

  @Test
  void loadsTheDictionaryFramesInFrontOfWhateverItDelivers() {
    StoreFixture fixture = StoreFixture.sealed(store, 3, 100);
    List<Byte> loaded = new ArrayList<>();
    DictionarySink sink =
        (buffer, offset, length, count) -> loaded.add(buffer.get(offset + length - 2));

    try (JournalCursor cursor = new JournalCursor(fixture.source(), sink)) {
      cursor.seekSequence(fixture.events.size() - 1L);
      assertThat(cursor.next(view)).isTrue();
      assertThat(loaded).contains((byte) 3, (byte) 9, (byte) 25, (byte) 41, (byte) 57, (byte) 73);

      loaded.clear();
      cursor.seekSequence(0);
      assertThat(count(cursor)).isEqualTo(fixture.events.size());
      assertThat(loaded).hasSize(3 * 7);
    }
  }

  @Test
  void belowTheFloorIsATypedError() {
    StoreFixture fixture = StoreFixture.sealed(store, 3, 20);
    long floor = fixture.manifest.segments().get(1).firstSequence();
    ManifestFile.write(store, fixture.manifest.withFloor(floor, 1));

    try (JournalCursor cursor = new JournalCursor(fixture.source(), null)) {
      assertThat(cursor.next(view)).isTrue();
      assertThat(view.sequence()).isEqualTo(floor);
      assertThatThrownBy(() -> cursor.seekSequence(floor - 1))
          .isInstanceOfSatisfying(
              SegmentRetiredException.class, e -> assertThat(e.floorSequence()).isEqualTo(floor));
    }
  }

  @Test
  void retentionThatOvertakesASlowReaderIsATypedError() throws IOException {
    StoreFixture fixture = StoreFixture.sealed(store, 4, 20);
    long floor = fixture.manifest.segments().get(2).firstSequence();
    JournalSource source = fixture.source();

    try (JournalCursor cursor = new JournalCursor(source, null)) {
      assertThat(cursor.next(view)).isTrue();
      ManifestFile.write(store, fixture.manifest.withFloor(floor, 2));
      Files.delete(SegmentFiles.queueFile(store, 0));
      Files.delete(SegmentFiles.queueFile(store, 1));

      assertThatThrownBy(() -> count(cursor)).isInstanceOf(SegmentRetiredException.class);
      assertThat(cursor.nextSequence())
          .as("the open segment was read to its end")
          .isEqualTo(fixture.manifest.segments().get(1).firstSequence());
    }
  }

  @Test
  void aDeletedSegmentIsCorruptionWithTheFirstLostSequence() throws IOException {
    StoreFixture fixture = StoreFixture.sealed(store, 3, 20);
    Files.delete(SegmentFiles.queueFile(store, 1));
    long lost = fixture.manifest.segments().get(1).firstSequence();

    try (JournalCursor cursor = new JournalCursor(fixture.source(), null)) {
      assertThatThrownBy(() -> count(cursor))
          .isInstanceOfSatisfying(
              CorruptJournalException.class, e -> assertThat(e.firstBadSequence()).isEqualTo(lost))
          .hasMessageContaining("0000000001")
          .hasMessageContaining("the segment file is missing")
          .hasMessageContaining("ringfold verify " + store);
      assertThat(cursor.nextSequence()).isEqualTo(lost);
    }
  }

  @Test
  void aSegmentTakenFromAnotherStoreBreaksTheChain(@TempDir Path otherStore) throws IOException {
    StoreFixture fixture = StoreFixture.sealed(store, 3, 20);
    StoreFixture other = new StoreFixture(otherStore, 77);
    other.addSealed(0, 20);
    other.addSealed(1, 20);
    Files.copy(
        SegmentFiles.queueFile(otherStore, 1),
        SegmentFiles.queueFile(store, 1),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    try (JournalCursor cursor = new JournalCursor(fixture.source(), null)) {
      assertThatThrownBy(() -> count(cursor)).isInstanceOf(CorruptJournalException.class);
      assertThat(cursor.nextSequence())
          .isEqualTo(fixture.manifest.segments().get(1).firstSequence());
    }
  }

  @Test
  void anEventThatDoesNotFitItsFrameIsCorruption() {
    StoreFixture fixture = new StoreFixture(store, 1);
    List<byte[]> documents = fixture.preamble(0);
    byte[] good = FrameBuilder.event(1024, 1, 1, new byte[10]);
    byte[] bad = FrameBuilder.event(1024, 1, 1, new byte[10]);
    bad[0] = 100;
    documents.add(fixture.frames.events(fixture.tick(), -1, List.of(good, bad, good)));
    ChronicleFile.write(SegmentFiles.folder(store, 0), documents);
    fixture.seal(0);

    try (JournalCursor cursor = new JournalCursor(fixture.source(), null)) {
      assertThat(cursor.next(view)).isTrue();
      assertThatThrownBy(() -> cursor.next(view))
          .isInstanceOfSatisfying(
              CorruptJournalException.class, e -> assertThat(e.firstBadSequence()).isEqualTo(1))
          .hasMessageContaining("does not fit");
    }
  }

  @Test
  void theEventViewShowsEveryField() {
    StoreFixture fixture = new StoreFixture(store, 1);
    List<byte[]> documents = fixture.preamble(0);
    byte[] blocks = new byte[24 + 24 + 1 + 32];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = (byte) (i + 1);
    }
    blocks[48] = 2;
    byte[] event = FrameBuilder.event(40_000, 12, 55, 15, blocks, new byte[] {5, 6, 7});
    byte[] plain = FrameBuilder.event(1, 0, 56, new byte[0]);
    documents.add(fixture.frames.events(fixture.tick(), -1, List.of(event, plain)));
    ChronicleFile.write(SegmentFiles.folder(store, 0), documents);
    fixture.seal(0);

    try (JournalCursor cursor = new JournalCursor(fixture.source(), null)) {
      assertThat(cursor.next(view)).isTrue();
      assertThat(view.typeId()).isEqualTo(40_000);
      assertThat(view.schemaVersion()).isEqualTo(1);
      assertThat(view.producer()).isEqualTo(7);
      assertThat(view.streamId()).isEqualTo(12);
      assertThat(view.stream().name()).isEqualTo("stream 12");
      assertThat(view.eventTimeNanos()).isEqualTo(55);
      assertThat(view.correlationHi()).isEqualTo(0x0807060504030201L);
      assertThat(view.correlationLo()).isEqualTo(0x100F0E0D0C0B0A09L);
      assertThat(view.causation()).isEqualTo(0x1817161514131211L);
      assertThat(view.hasKey()).isTrue();
      assertThat(view.keyHi()).isEqualTo(0x201F1E1D1C1B1A19L);
      assertThat(view.keyLo()).isEqualTo(0x2827262524232221L);
      assertThat(view.payloadHash()).isEqualTo(0x302F2E2D2C2B2A29L);
      assertThat(view.tagCount()).isEqualTo(2);
      assertThat(view.tagHi(0)).isEqualTo(0x3938373635343332L);
      assertThat(view.tagLo(1)).isEqualTo(0x5150_4F4E_4D4C_4B4AL);
      assertThatThrownBy(() -> view.tagHi(2)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThat(view.groupContinues()).isTrue();
      assertThat(view.payloadLength()).isEqualTo(3);
      assertThat(view.payloadBytes()).containsExactly(5, 6, 7);

      assertThat(cursor.next(view)).isTrue();
      assertThat(view.hasContext()).isFalse();
      assertThat(view.hasKey()).isFalse();
      assertThat(view.tagCount()).isZero();
      assertThat(view.causation()).isEqualTo(-1);
      assertThat(view.groupContinues()).isFalse();
      assertThat(view.payloadLength()).isZero();
    }
  }

  @Test
  void aClosedCursorSaysSo() {
    StoreFixture fixture = StoreFixture.sealed(store, 1, 3);
    JournalCursor cursor = new JournalCursor(fixture.source(), null);
    cursor.close();

    assertThatThrownBy(() -> cursor.next(view))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  private int count(JournalCursor cursor) {
    int count = 0;
    while (cursor.next(view)) {
      count++;
    }
    return count;
  }
}
