// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.util.Arrays;
import org.apache.parquet.column.values.bitpacking.BytePacker;
import org.apache.parquet.column.values.bitpacking.Packer;
import org.jspecify.annotations.Nullable;

/**
 * Parquet's hybrid of run lengths and bit-packing, for dictionary indices and for definition
 * levels. Belongs to one thread.
 */
final class HybridEncoder {
  /** Shorter runs are bit-packed: ending a literal and starting it again costs up to two bytes. */
  private static final int MIN_RUN = 16;

  private static final int GROUP = 8;
  private static final int WORD_BITS = 64;
  private static final BytePacker[] PACKERS = new BytePacker[Integer.SIZE + 1];

  static {
    for (int width = 0; width <= Integer.SIZE; width++) {
      PACKERS[width] = Packer.LITTLE_ENDIAN.newBytePacker(width);
    }
  }

  private final int[] group = new int[GROUP];
  private byte[] bitmap = new byte[0];

  /** Bits that indices below {@code count} need; at least 1, since some readers refuse 0. */
  static int width(int count) {
    return Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(count - 1));
  }

  /** Writes values {@code [from, to)}, each of at most {@code width} bits. */
  void encode(int[] values, int from, int to, int width, ByteSink out) {
    int literal = from;
    int index = from;
    while (index < to) {
      int end = index + 1;
      int value = values[index];
      while (end < to && values[end] == value) {
        end++;
      }
      int padding = -(index - literal) & (GROUP - 1);
      if (end - index - padding >= MIN_RUN) {
        putLiterals(values, literal, index + padding, width, out);
        putRun(end - index - padding, value, width, out);
        literal = end;
      }
      index = end;
    }
    putLiterals(values, literal, to, width, out);
  }

  private static void putRun(int count, int value, int width, ByteSink out) {
    out.putVarint((long) count << 1);
    for (int bits = 0; bits < width; bits += Byte.SIZE) {
      out.putByte(value >>> bits);
    }
  }

  private void putLiterals(int[] values, int from, int to, int width, ByteSink out) {
    if (from == to) {
      return;
    }
    int groups = (to - from + GROUP - 1) / GROUP;
    out.putVarint((long) groups << 1 | 1);
    int target = out.reserve(groups * width);
    BytePacker packer = PACKERS[width];
    int index = from;
    for (; index + GROUP <= to; index += GROUP) {
      packer.pack8Values(values, index, out.array(), target);
      target += width;
    }
    if (index < to) {
      Arrays.fill(group, 0);
      System.arraycopy(values, index, group, 0, to - index);
      packer.pack8Values(group, 0, out.array(), target);
    }
  }

  /**
   * Writes the definition levels of a nullable column for {@code rows} rows from {@code from} on: 1
   * where the bit is set, 0 where it is not or where the bitmap has ended.
   */
  void encodeLevels(long @Nullable [] valid, int from, int rows, int present, ByteSink out) {
    if (present == rows || present == 0) {
      putRun(rows, present == 0 ? 0 : 1, 1, out);
      return;
    }
    int bytes = (rows + Byte.SIZE - 1) / Byte.SIZE;
    copyBits(valid == null ? new long[0] : valid, from, rows, bytes);
    int full = rows / Byte.SIZE;
    int literal = 0;
    int index = 0;
    while (index < full) {
      int end = index + 1;
      byte value = bitmap[index];
      if (value == 0 || value == -1) {
        while (end < full && bitmap[end] == value) {
          end++;
        }
        if (end - index >= MIN_RUN / Byte.SIZE * 2) {
          putBitmap(literal, index, out);
          putRun((end - index) * Byte.SIZE, value & 1, 1, out);
          literal = end;
        }
      }
      index = end;
    }
    putBitmap(literal, bytes, out);
  }

  private void putBitmap(int from, int to, ByteSink out) {
    if (from < to) {
      out.putVarint((long) (to - from) << 1 | 1);
      int target = out.reserve(to - from);
      System.arraycopy(bitmap, from, out.array(), target, to - from);
    }
  }

  /** Copies the bits to the front of {@link #bitmap}; what is behind the last row is 0. */
  private void copyBits(long[] valid, int from, int rows, int bytes) {
    if (bitmap.length < bytes) {
      bitmap = new byte[bytes];
    }
    for (int i = 0; i < bytes; i++) {
      bitmap[i] = (byte) bits(valid, from + i * Byte.SIZE);
    }
    int rest = rows % Byte.SIZE;
    if (rest != 0) {
      bitmap[bytes - 1] &= (byte) ((1 << rest) - 1);
    }
  }

  private static long bits(long[] valid, int position) {
    int word = position / WORD_BITS;
    long low = word < valid.length ? valid[word] >>> position : 0;
    int shift = position % WORD_BITS;
    if (shift > WORD_BITS - Byte.SIZE && word + 1 < valid.length) {
      low |= valid[word + 1] << (WORD_BITS - shift);
    }
    return low;
  }
}
