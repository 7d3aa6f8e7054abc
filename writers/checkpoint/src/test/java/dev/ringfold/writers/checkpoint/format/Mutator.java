// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.Random;

/** Damages bytes in ways that files are damaged, or made to do harm: by a seed. */
final class Mutator {
  private static final byte[][] TELLING = {
    {0, 0, 0, 0},
    {-1, -1, -1, -1},
    {-1, -1, -1, 127},
    {1, 0, 0, 0, 0, 0, 0, 0},
    {-1, -1, -1, -1, -1, -1, -1, 127},
    "9999999999".getBytes(US_ASCII),
    "-1".getBytes(US_ASCII),
    "[[[[".getBytes(US_ASCII)
  };

  private final Random random;

  Mutator(long seed) {
    this.random = new Random(seed);
  }

  Random random() {
    return random;
  }

  /** The bytes with one to three damages. */
  byte[] mutate(byte[] bytes) {
    byte[] mutated = bytes;
    for (int count = 1 + random.nextInt(3); count > 0; count--) {
      mutated = once(mutated);
    }
    return mutated;
  }

  private byte[] once(byte[] bytes) {
    if (bytes.length == 0) {
      return new byte[random.nextInt(100)];
    }
    byte[] copy = bytes.clone();
    // Headers decide more than elements do.
    int most = random.nextInt(3) == 0 ? copy.length : Math.min(copy.length, 400);
    int at = random.nextBoolean() ? random.nextInt(most) : copy.length - 1 - random.nextInt(most);
    switch (random.nextInt(8)) {
      case 0, 1 -> copy[at] ^= (byte) (1 << random.nextInt(8));
      case 2 -> copy[at] = (byte) random.nextInt(256);
      case 3 -> {
        byte[] telling = TELLING[random.nextInt(TELLING.length)];
        System.arraycopy(telling, 0, copy, at, Math.min(telling.length, copy.length - at));
      }
      case 4 -> {
        return Arrays.copyOf(copy, random.nextInt(copy.length + 1));
      }
      case 5 -> {
        return splice(copy, at, random.nextInt(20), new byte[0]);
      }
      case 6 -> {
        byte[] more = new byte[random.nextInt(20)];
        random.nextBytes(more);
        return splice(copy, at, 0, more);
      }
      default -> {
        int from = random.nextInt(copy.length);
        int length = Math.min(1 + random.nextInt(64), copy.length - Math.max(from, at));
        System.arraycopy(bytes, from, copy, at, length);
      }
    }
    return copy;
  }

  private static byte[] splice(byte[] bytes, int at, int removed, byte[] more) {
    int rest = Math.min(bytes.length, at + removed);
    byte[] spliced = Arrays.copyOf(bytes, at + more.length + bytes.length - rest);
    System.arraycopy(more, 0, spliced, at, more.length);
    System.arraycopy(bytes, rest, spliced, at + more.length, bytes.length - rest);
    return spliced;
  }
}
