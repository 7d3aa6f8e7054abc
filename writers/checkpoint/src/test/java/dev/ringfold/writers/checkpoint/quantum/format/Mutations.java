// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/** Damages files the way storage, programs and attackers do. */
final class Mutations {
  private static final long[] EXTREMES = {
    0,
    1,
    2,
    7,
    8,
    16,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0xffff,
    0x7fff_ffffL,
    0x8000_0000L,
    0xffff_ffffL,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    -1,
    1L << 40
  };

  private Mutations() {}

  /** A copy with one to three damages. */
  static byte[] of(byte[] good, Random random) {
    byte[] bad = good.clone();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count && bad.length > 0; i++) {
      bad = once(bad, random);
    }
    return bad;
  }

  private static byte[] once(byte[] bytes, Random random) {
    int at = place(bytes, random);
    return switch (random.nextInt(12)) {
      case 0, 1, 2 -> {
        bytes[at] ^= (byte) (1 << random.nextInt(8));
        yield bytes;
      }
      case 3 -> {
        bytes[at] = (byte) random.nextInt();
        yield bytes;
      }
      case 4, 5, 6 -> number(bytes, at, random);
      case 7 -> Arrays.copyOf(bytes, at);
      case 8 -> {
        Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(64)), (byte) 0);
        yield bytes;
      }
      case 9 -> copied(bytes, at, random);
      case 10 -> without(bytes, at, 1 + random.nextInt(16));
      default -> with(bytes, at, random);
    };
  }

  /** The beginning, where the structures are, more often than the rest. */
  private static int place(byte[] bytes, Random random) {
    int range = random.nextInt(3) == 0 ? Math.min(bytes.length, 512) : bytes.length;
    return random.nextInt(range);
  }

  private static byte[] number(byte[] bytes, int at, Random random) {
    int width = 1 << random.nextInt(4);
    int aligned = Math.min(at & -width, bytes.length - width);
    if (aligned < 0) {
      return bytes;
    }
    ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long value =
        random.nextBoolean()
            ? EXTREMES[random.nextInt(EXTREMES.length)]
            : random.nextInt(bytes.length);
    switch (width) {
      case 1 -> view.put(aligned, (byte) value);
      case 2 -> view.putShort(aligned, (short) value);
      case 4 -> view.putInt(aligned, (int) value);
      default -> view.putLong(aligned, value);
    }
    return bytes;
  }

  private static byte[] copied(byte[] bytes, int at, Random random) {
    int from = random.nextInt(bytes.length);
    int length = Math.min(1 + random.nextInt(256), bytes.length - Math.max(at, from));
    System.arraycopy(bytes, from, bytes, at, length);
    return bytes;
  }

  private static byte[] without(byte[] bytes, int at, int count) {
    int end = Math.min(bytes.length, at + count);
    byte[] shorter = Arrays.copyOf(bytes, bytes.length - (end - at));
    System.arraycopy(bytes, end, shorter, at, bytes.length - end);
    return shorter;
  }

  private static byte[] with(byte[] bytes, int at, Random random) {
    byte[] more = new byte[1 + random.nextInt(16)];
    random.nextBytes(more);
    byte[] longer = Arrays.copyOf(bytes, bytes.length + more.length);
    System.arraycopy(more, 0, longer, at, more.length);
    System.arraycopy(bytes, at, longer, at + more.length, bytes.length - at);
    return longer;
  }
}
