// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventCodecException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class PayloadReaderTest {
  private static final List<Consumer<PayloadReader>> READS =
      List.of(
          PayloadReader::readByte,
          PayloadReader::readUnsignedByte,
          PayloadReader::readBoolean,
          PayloadReader::readShort,
          PayloadReader::readUnsignedShort,
          PayloadReader::readInt,
          PayloadReader::readLong,
          PayloadReader::readFloat,
          PayloadReader::readDouble,
          PayloadReader::readString,
          PayloadReader::readBytes,
          in -> in.readRaw(1),
          in -> in.readCount(1),
          in -> in.skip(1));

  @Test
  void readsBackWhatWasWrittenFromAnyKindOfBuffer() {
    PayloadWriter out = new PayloadWriter();
    out.putByte(-3);
    out.putShort(0xFFFE);
    out.putInt(Integer.MIN_VALUE);
    out.putLong(Long.MIN_VALUE + 1);
    out.putFloat(Float.intBitsToFloat(0x7FC00001));
    out.putDouble(Double.longBitsToDouble(0x7FF8000000000123L));
    out.putBoolean(false);
    out.putString("grün \uFFFD");
    out.putBytes(new byte[] {1, 2, 3});
    byte[] payload = out.toByteArray();

    for (ByteBuffer buffer : buffersOf(payload, 5)) {
      PayloadReader in = new PayloadReader().wrap(buffer, 5, payload.length);

      assertThat(in.length()).isEqualTo(payload.length);
      assertThat(in.readByte()).isEqualTo((byte) -3);
      assertThat(in.readUnsignedShort()).isEqualTo(0xFFFE);
      assertThat(in.readInt()).isEqualTo(Integer.MIN_VALUE);
      assertThat(in.readLong()).isEqualTo(Long.MIN_VALUE + 1);
      assertThat(Float.floatToRawIntBits(in.readFloat())).isEqualTo(0x7FC00001);
      assertThat(Double.doubleToRawLongBits(in.readDouble())).isEqualTo(0x7FF8000000000123L);
      assertThat(in.readBoolean()).isFalse();
      assertThat(in.readString()).isEqualTo("grün \uFFFD");
      assertThat(in.position()).isEqualTo(payload.length - 7);
      assertThat(in.readBytes()).containsExactly(1, 2, 3);
      assertThat(in.remaining()).isZero();
      in.expectEnd();
    }
  }

  @Test
  void everyReadAtTheEndSaysOffsetExpectedAndFound() {
    byte[] payload = new byte[4];

    for (Consumer<PayloadReader> read : READS) {
      PayloadReader in = new PayloadReader().wrap(ByteBuffer.wrap(payload), 1, 2);
      in.skip(2);

      assertThatThrownBy(() -> read.accept(in))
          .isInstanceOf(EventCodecException.class)
          .hasMessageContaining("Payload of 2 bytes at offset 2: expected ")
          .hasMessageContaining("found 0 bytes");
    }
  }

  @Test
  void neverReadsBeyondTheSliceIntoTheBuffer() {
    ByteBuffer buffer = ByteBuffer.allocate(64);

    for (int length = 0; length < 8; length++) {
      PayloadReader in = new PayloadReader().wrap(buffer, 8, length);

      assertThatThrownBy(in::readLong)
          .isInstanceOf(EventCodecException.class)
          .hasMessageContaining("found " + length + " bytes");
      assertThat(in.remaining()).isEqualTo(length);
    }
  }

  @Test
  void aLengthBeyondThePayloadIsRefusedBeforeAllocating() {
    for (int length : new int[] {4, 1 << 30, -1, Integer.MIN_VALUE}) {
      PayloadWriter out = new PayloadWriter();
      out.putInt(length);
      out.putRaw(new byte[3], 0, 3);
      PayloadReader in = new PayloadReader().wrap(out.toByteArray());

      assertThatThrownBy(in::readString)
          .isInstanceOf(EventCodecException.class)
          .hasMessageContaining("a length of at most 3")
          .hasMessageContaining("found " + Integer.toUnsignedString(length));
      assertThatThrownBy(() -> in.readCount(1)).isInstanceOf(EventCodecException.class);
    }
  }

  @Test
  void aStringLongerThanTheCallersCapIsRefused() {
    PayloadWriter out = new PayloadWriter();
    out.putString("12345");

    assertThat(new PayloadReader().wrap(out.toByteArray()).readString(5)).isEqualTo("12345");
    assertThatThrownBy(() -> new PayloadReader().wrap(out.toByteArray()).readString(4))
        .isInstanceOf(EventCodecException.class)
        .hasMessageContaining("a length of at most 4, found 5");
  }

  @Test
  void aCountThatCannotFitItsElementsIsRefused() {
    PayloadWriter out = new PayloadWriter();
    out.putInt(2);
    out.putRaw(new byte[15], 0, 15);

    assertThat(new PayloadReader().wrap(out.toByteArray()).readCount(7)).isEqualTo(2);
    assertThatThrownBy(() -> new PayloadReader().wrap(out.toByteArray()).readCount(8))
        .isInstanceOf(EventCodecException.class)
        .hasMessageContaining("a count of at most 1, found 2");
  }

  @Test
  void malformedUtf8IsRefused() {
    for (String hex : List.of("ff", "c0af", "eda080", "f5808080", "e282", "80")) {
      PayloadWriter out = new PayloadWriter();
      out.putBytes(Hex.bytes(hex));

      assertThatThrownBy(() -> new PayloadReader().wrap(out.toByteArray()).readString())
          .isInstanceOf(EventCodecException.class)
          .hasMessageContaining("at offset 0")
          .hasMessageContaining("malformed");
    }
  }

  @Test
  void aBooleanOtherThanZeroOrOneIsRefused() {
    assertThatThrownBy(() -> new PayloadReader().wrap(new byte[] {2}).readBoolean())
        .isInstanceOf(EventCodecException.class)
        .hasMessageContaining("at offset 0: expected a boolean, 0 or 1, found 2");
  }

  @Test
  void bytesLeftOverAreReported() {
    PayloadReader in = new PayloadReader().wrap(new byte[3]);
    in.readByte();

    assertThatThrownBy(in::expectEnd)
        .isInstanceOf(EventCodecException.class)
        .hasMessageContaining("offset 1")
        .hasMessageContaining("2 more bytes");
  }

  @Test
  void wrapRefusesASliceOutsideTheBuffer() {
    assertThatThrownBy(() -> new PayloadReader().wrap(ByteBuffer.allocate(4), 2, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void readingNumbersAllocatesNothing() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(64);
    PayloadReader in = new PayloadReader();
    long[] sum = new long[1];

    long allocated =
        AllocatedBytes.leastOf(
            20,
            () -> {
              for (int i = 0; i < 1_000; i++) {
                in.wrap(buffer, 4, 32);
                sum[0] += in.readLong() + in.readInt() + in.readByte() + (long) in.readDouble();
              }
            });

    assertThat(allocated).isZero();
    assertThat(sum[0]).isZero();
  }

  private static List<ByteBuffer> buffersOf(byte[] payload, int offset) {
    ByteBuffer heap = ByteBuffer.allocate(payload.length + offset + 3);
    heap.put(offset, payload);
    ByteBuffer direct = ByteBuffer.allocateDirect(heap.capacity()).order(ByteOrder.LITTLE_ENDIAN);
    direct.put(offset, payload);
    return List.of(heap, heap.asReadOnlyBuffer(), direct);
  }
}
