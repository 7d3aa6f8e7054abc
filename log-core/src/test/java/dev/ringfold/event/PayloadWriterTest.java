// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventCodecException;
import dev.ringfold.EventTooLargeException;
import dev.ringfold.internal.journal.FrameFormat;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PayloadWriterTest {
  @Test
  void largestPayloadFitsAFrameWithEveryOptionalBlock() {
    int envelope =
        EventFormat.HEADER_LENGTH
            + EventFormat.CONTEXT_LENGTH
            + EventFormat.KEY_LENGTH
            + 1
            + EventFormat.MAX_TAGS * EventFormat.TAG_LENGTH;

    assertThat(PayloadWriter.MAX_PAYLOAD_LENGTH)
        .isEqualTo(FrameFormat.MAX_LENGTH - FrameFormat.HEADER_LENGTH - envelope);
  }

  @Test
  void writesLittleEndianWithoutPadding() {
    PayloadWriter out = new PayloadWriter();

    out.putByte(0x01);
    out.putShort(0x0302);
    out.putInt(0x07060504);
    out.putLong(0x0F0E0D0C0B0A0908L);
    out.putBoolean(true);
    out.putFloat(1.0f);
    out.putDouble(-2.0);
    out.putString("é");
    out.putBytes(new byte[] {9, 8});
    out.putRaw(new byte[] {7, 6, 5}, 1, 2);

    assertThat(Hex.of(out.toByteArray()))
        .isEqualTo(
            "01"
                + "0203"
                + "04050607"
                + "08090a0b0c0d0e0f"
                + "01"
                + "0000803f"
                + "00000000000000c0"
                + "02000000c3a9"
                + "020000000908"
                + "0605");
  }

  @Test
  void resetKeepsTheCallersBytesThroughGrowth() {
    PayloadWriter out = new PayloadWriter(4, 100);
    out.reset(10);
    for (int i = 0; i < 10; i++) {
      out.array()[i] = (byte) (i + 1);
    }

    out.putRaw(new byte[100], 0, 100);

    assertThat(out.array()).startsWith(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    assertThat(out.start()).isEqualTo(10);
    assertThat(out.position()).isEqualTo(110);
    assertThat(out.length()).isEqualTo(100);
  }

  @Test
  void refusesTheByteBeyondTheLimitAndKeepsWhatWasWritten() {
    PayloadWriter out = new PayloadWriter(64, 10);
    out.reset(3);
    out.putLong(1);

    assertThatThrownBy(() -> out.putInt(2))
        .isInstanceOf(EventTooLargeException.class)
        .hasMessageContaining("at least 12 bytes")
        .hasMessageContaining("limit of 10 bytes");
    assertThat(out.length()).isEqualTo(8);

    out.putShort(3);
    assertThat(out.length()).isEqualTo(10);
  }

  @Test
  void refusesOneByteMoreThanTheLargestPayload() {
    PayloadWriter out = new PayloadWriter();
    out.putRaw(new byte[PayloadWriter.MAX_PAYLOAD_LENGTH], 0, PayloadWriter.MAX_PAYLOAD_LENGTH);

    assertThatThrownBy(() -> out.putByte(0)).isInstanceOf(EventTooLargeException.class);
    assertThat(out.length()).isEqualTo(PayloadWriter.MAX_PAYLOAD_LENGTH);
  }

  @Test
  void refusesAnUnpairedSurrogateInsteadOfReplacingIt() {
    PayloadWriter out = new PayloadWriter();

    for (String bad : new String[] {"ab\uD83D", "ab\uDE00c", "ab\uD83Dx", "ab\uD83D\uD83D"}) {
      assertThatThrownBy(() -> out.putString(bad))
          .isInstanceOf(EventCodecException.class)
          .hasMessageContaining("index 2");
    }
    assertThat(out.length()).isZero();
  }

  @Test
  void stringsHaveTheBytesOfTheJdksEncoder() {
    Random random = SeededRandom.of(PayloadWriterTest.class);
    PayloadWriter out = new PayloadWriter();

    for (int i = 0; i < 5_000; i++) {
      String value = randomString(random, 40);
      out.reset(0);
      out.putString(value);

      byte[] expected = value.getBytes(StandardCharsets.UTF_8);
      assertThat(out.length()).isEqualTo(4 + expected.length);
      assertThat(out.toByteArray()).endsWith(expected);
      assertThat(new PayloadReader().wrap(out.toByteArray()).readString()).isEqualTo(value);
    }
  }

  @Test
  void writingAllocatesNothing() {
    PayloadWriter out = new PayloadWriter();
    String ascii = "train_loss";
    String mixed = "Größe 大 😀";

    long allocated =
        AllocatedBytes.leastOf(
            20,
            () -> {
              for (int i = 0; i < 1_000; i++) {
                out.reset(24);
                out.putInt(i);
                out.putLong(i);
                out.putDouble(i);
                out.putBoolean(true);
                out.putString(ascii);
                out.putString(mixed);
              }
            });

    assertThat(allocated).isZero();
  }

  @Test
  void refusesSizesOutOfRange() {
    assertThatThrownBy(() -> new PayloadWriter(0, PayloadWriter.MAX_PAYLOAD_LENGTH + 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PayloadWriter(-1, 10))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PayloadWriter().reset(-1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PayloadWriter().putRaw(new byte[3], 2, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  static String randomString(Random random, int maxPoints) {
    int[] bounds = {0x80, 0x800, 0xD800, 0x110000};
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(maxPoints); i > 0; i--) {
      int point = random.nextInt(bounds[random.nextInt(bounds.length)]);
      if (point < 0xD800 || point > 0xDFFF) {
        text.appendCodePoint(point);
      }
    }
    return text.toString();
  }
}
