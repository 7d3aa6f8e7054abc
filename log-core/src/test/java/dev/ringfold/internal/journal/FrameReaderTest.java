// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.StoreAccessException;
import dev.ringfold.StoreTooNewException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("smoke")
class FrameReaderTest {
  @TempDir private Path folder;

  private final FrameBuilder frames = new FrameBuilder(ChainState.START, 1);

  @Test
  void readsTheSameDocumentsAsChroniclesOwnTailer() {
    Random random = new Random(StoreFixture.SEED);
    List<byte[]> documents = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      byte[] payload = new byte[random.nextInt(i % 100 == 0 ? 12_000 : 300)];
      random.nextBytes(payload);
      documents.add(frames.events(i, -1, List.of(FrameBuilder.event(1024, 1, i, payload))));
    }
    ChronicleFile.write(folder, documents);

    List<byte[]> read = new ArrayList<>();
    try (FrameReader reader = FrameReader.open(SegmentFiles.queueFile(folder))) {
      reader.expect(ChainState.START);
      while (reader.next() == FrameStatus.FRAME) {
        byte[] document = new byte[FrameFormat.HEADER_LENGTH + reader.bodyLength()];
        reader.buffer().get(reader.bodyOffset() - FrameFormat.HEADER_LENGTH, document);
        read.add(document);
      }
    }

    assertThat(read).hasSize(documents.size());
    assertThat(read.toArray(byte[][]::new)).isDeepEqualTo(documents.toArray(byte[][]::new));
    assertThat(ChronicleFile.read(folder).toArray(byte[][]::new))
        .isDeepEqualTo(read.toArray(byte[][]::new));
  }

  @Test
  void seesAFrameAsSoonAsChronicleHasWrittenIt() {
    try (ChronicleFile file = new ChronicleFile(folder)) {
      file.append(one(1));
      try (FrameReader reader = FrameReader.open(SegmentFiles.queueFile(folder))) {
        reader.expect(ChainState.START);
        for (int i = 2; i < 2000; i++) {
          assertThat(reader.next()).isEqualTo(FrameStatus.FRAME);
          assertThat(reader.next()).isEqualTo(FrameStatus.END);
          file.append(one(i));
        }
        assertThat(reader.next()).isEqualTo(FrameStatus.FRAME);
        assertThat(reader.frameNumber()).isEqualTo(1998);
      }
    }
  }

  @Test
  void readsNothingBehindTheLimit() {
    ChronicleFile.write(folder, List.of(one(1), one(2)));

    try (FrameReader reader = FrameReader.open(SegmentFiles.queueFile(folder))) {
      assertThat(reader.next()).isEqualTo(FrameStatus.FRAME);
      long second = reader.nextOffset();

      assertThat(reader.next(second)).isEqualTo(FrameStatus.END);
      assertThat(reader.next(second + 8)).isEqualTo(FrameStatus.DAMAGED);
      assertThat(reader.next(second + 1000)).isEqualTo(FrameStatus.FRAME);
      assertThat(reader.frameNumber()).isEqualTo(1);
    }
  }

  @Test
  void preparedFramesAreOutsideTheChain() {
    ChronicleFile.write(folder, List.of(frames.prepared(), one(1), frames.prepared(), one(2)));

    try (FrameReader reader = FrameReader.open(SegmentFiles.queueFile(folder))) {
      reader.expect(ChainState.START);
      assertThat(reader.next()).isEqualTo(FrameStatus.FRAME);
      assertThat(reader.next()).isEqualTo(FrameStatus.FRAME);
      assertThat(reader.frameNumber()).isEqualTo(1);
      assertThat(reader.next()).isEqualTo(FrameStatus.END);
    }
  }

  @Test
  void everyBreakOfTheChainIsDamageAndSaysWhich() {
    FrameBuilder other = new FrameBuilder(new ChainState(0, 5, 1, 0), 1);
    byte[] event = FrameBuilder.event(1024, 1, 1, new byte[8]);

    assertBroken(other.encode(1, 1, event, 9, -1, 2, 1, crcOfFirst(), 1), "expected frame 1");
    assertBroken(other.encode(1, 1, event, 9, -1, 1, 1, 77, 1), "CRC of the frame before");
    assertBroken(other.encode(1, 1, event, 9, -1, 1, 2, crcOfFirst(), 1), "expected sequence 1");
    assertBroken(other.encode(1, 1, event, 0, -1, 1, 1, crcOfFirst(), 1), "log time goes back");
    assertBroken(other.encode(9, 1, event, 9, -1, 1, 1, crcOfFirst(), 1), "unknown frame kind 9");
    assertBroken(other.encode(1, 0, event, 9, -1, 1, 1, crcOfFirst(), 1), "without events");
    assertBroken(other.encode(1, -1, event, 9, -1, 1, 1, crcOfFirst(), 1), "impossible count");
    assertBroken(new byte[12], "at least 64 bytes");
    assertBroken(new byte[100], "frame magic");
  }

  private int crcOfFirst() {
    FrameBuilder first = new FrameBuilder(ChainState.START, 1);
    first.events(1, -1, List.of(FrameBuilder.event(1024, 1, 1, new byte[8])));
    return first.previousCrc();
  }

  private void assertBroken(byte[] second, String problem) {
    FrameBuilder first = new FrameBuilder(ChainState.START, 1);
    Path own = folder.resolve("s" + System.identityHashCode(second));
    byte[] start = first.events(1, -1, List.of(FrameBuilder.event(1024, 1, 1, new byte[8])));
    ChronicleFile.write(own, List.of(start, second));
    try (FrameReader reader = FrameReader.open(SegmentFiles.queueFile(own))) {
      reader.expect(ChainState.START);
      assertThat(reader.next()).isEqualTo(FrameStatus.FRAME);
      assertThat(reader.next()).isEqualTo(FrameStatus.DAMAGED);
      assertThat(reader.problem()).contains(problem);
      assertThat(reader.next()).as("stays").isEqualTo(FrameStatus.DAMAGED);
    }
  }

  @Test
  void anIntactFrameOfANewerVersionIsTooNewAndNotDamage() {
    byte[] newer = frames.encode(1, 1, new byte[32], 1, -1, 0, 0, 0, 2);
    ChronicleFile.write(folder, List.of(newer));

    try (FrameReader reader = FrameReader.open(SegmentFiles.queueFile(folder))) {
      assertThatThrownBy(reader::next)
          .isInstanceOf(StoreTooNewException.class)
          .hasMessageContaining("frame version 2");
    }
  }

  @Test
  void headersOnlyVisitsTheSameFramesWithoutTheirBodies() {
    List<byte[]> documents = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      documents.add(frames.events(i, -1, List.of(FrameBuilder.event(1024, 1, i, new byte[8000]))));
    }
    ChronicleFile.write(folder, documents);

    try (FrameReader reader = FrameReader.open(SegmentFiles.queueFile(folder))) {
      reader.headersOnly(true);
      for (int i = 0; i < 50; i++) {
        assertThat(reader.next()).isEqualTo(FrameStatus.FRAME);
        assertThat(reader.firstSequence()).isEqualTo(i);
      }
      assertThat(reader.next()).isEqualTo(FrameStatus.END);
    }
  }

  @Test
  void anInterruptNeitherStopsTheReaderNorGetsLost() {
    List<byte[]> documents = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      documents.add(frames.events(i, -1, List.of(FrameBuilder.event(1024, 1, i, new byte[9000]))));
    }
    ChronicleFile.write(folder, documents);

    int read = 0;
    try (FrameReader reader = FrameReader.open(SegmentFiles.queueFile(folder))) {
      Thread.currentThread().interrupt();
      while (reader.next() == FrameStatus.FRAME) {
        read++;
      }
    }

    assertThat(Thread.interrupted()).isTrue();
    assertThat(read).isEqualTo(20);
  }

  @Test
  void aMissingFileIsNamed() {
    Path file = folder.resolve("absent.cq4");

    assertThatThrownBy(() -> FrameReader.open(file))
        .isInstanceOf(StoreAccessException.class)
        .hasMessageContaining("absent.cq4 is missing");
  }

  private byte[] one(int time) {
    return frames.events(time, -1, List.of(FrameBuilder.event(1024, 1, time, new byte[time % 50])));
  }
}
