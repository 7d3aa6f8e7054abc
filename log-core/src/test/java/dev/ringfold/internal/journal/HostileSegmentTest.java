// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that nobody wrote: any bytes at all give an answer, in bounded time, and no exception. */
class HostileSegmentTest {
  @TempDir private Path folder;

  @Test
  void randomBytesAreNeverAFrame() throws IOException {
    Random random = new Random(StoreFixture.SEED);
    Path file = folder.resolve("random.cq4");
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[random.nextInt(20_000)];
      random.nextBytes(bytes);
      Files.write(file, bytes);

      ScanResult result = SegmentScan.scan(file, ChainState.START);

      assertThat(result.frames()).as("round %s, seed %s", i, StoreFixture.SEED).isZero();
      assertThat(result.endOffset()).isZero();
    }
  }

  @Test
  void randomChangesOfAValidSegmentNeverGiveMoreThanAPrefix() throws IOException {
    StoreFixture fixture = StoreFixture.sealed(folder.resolve("store"), 1, 20);
    Path file = SegmentFiles.queueFile(fixture.store, 0);
    byte[] intact = Files.readAllBytes(file);
    SegmentEntry entry = fixture.manifest.segments().get(0);
    Random random = new Random(StoreFixture.SEED);
    for (int i = 0; i < 500; i++) {
      byte[] bytes = intact.clone();
      for (int j = random.nextInt(4); j >= 0; j--) {
        int at = random.nextInt(bytes.length - 64) & ~3;
        int length = 1 + random.nextInt(64);
        byte[] piece = new byte[length];
        if (random.nextBoolean()) {
          random.nextBytes(piece);
        } else {
          System.arraycopy(intact, random.nextInt(intact.length - 64), piece, 0, length);
        }
        System.arraycopy(piece, 0, bytes, at, length);
      }
      Files.write(file, bytes);

      ScanResult result = SegmentScan.scan(file, entry.before());

      assertThat(result.frames()).isLessThanOrEqualTo(entry.frames());
      if (result.frames() == entry.frames()) {
        assertThat(result.after()).isEqualTo(entry.after());
      } else {
        assertThat(result.lastSequence()).isLessThan(entry.lastSequence() + 1);
      }
    }
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void bytesFullOfMagicsAreGivenUpInBoundedTime() throws IOException {
    byte[] bytes = new byte[24 << 20];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(0, 5);
    for (int at = 8; at + 64 < bytes.length; at += 64) {
      buffer.putInt(at, FrameFormat.MAGIC);
      buffer.put(at + FrameFormat.VERSION_OFFSET, (byte) FrameFormat.VERSION);
      buffer.put(at + FrameFormat.KIND_OFFSET, (byte) FrameFormat.KIND_EVENTS);
      buffer.putLong(at + FrameFormat.FRAME_NUMBER_OFFSET, 5);
      buffer.putInt(at + FrameFormat.BODY_LENGTH_OFFSET, 1 << 20);
    }
    Path file = folder.resolve("magic.cq4");
    Files.write(file, bytes);

    ScanResult result = SegmentScan.scan(file, ChainState.START);

    assertThat(result.frames()).isZero();
    assertThat(result.beyond().complete()).isFalse();
    assertThat(result.validFrameAfter()).isFalse();
  }

  @Test
  void aLengthOfAGigabyteIsNeitherReadNorBelieved() throws IOException {
    byte[] bytes = new byte[4096];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 0x3FFFFFFF);
    Path file = folder.resolve("long.cq4");
    Files.write(file, bytes);
    try (FrameReader reader = FrameReader.open(file)) {
      assertThat(reader.next()).isEqualTo(FrameStatus.DAMAGED);
      assertThat(reader.problem()).contains("1073741823 bytes");
    }

    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 0x7FFFFFFF);
    Files.write(file, bytes);
    try (FrameReader reader = FrameReader.open(file)) {
      assertThat(reader.next()).as("metadata").isEqualTo(FrameStatus.DAMAGED);
    }
  }

  @Test
  void noEventOfRandomBytesReachesBehindItsFrame() {
    Random random = new Random(StoreFixture.SEED);
    byte[] bytes = new byte[256];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int accepted = 0;
    for (int i = 0; i < 300_000; i++) {
      int limit = random.nextInt(bytes.length + 1);
      int at = limit == 0 ? 0 : random.nextInt(limit);
      random.nextBytes(bytes);
      if (at + 8 <= bytes.length) {
        buffer.putInt(at, random.nextInt(300) - 10);
        buffer.put(at + 7, (byte) random.nextInt(20));
      }
      int payload = EventBounds.payloadOffset(buffer, at, limit);
      if (payload >= 0) {
        accepted++;
        assertThat(payload).isBetween(at + 24, at + buffer.getInt(at));
        assertThat(at + buffer.getInt(at)).isLessThanOrEqualTo(limit);
      }
    }
    assertThat(accepted).isGreaterThan(1000);
  }
}
