// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import org.apache.parquet.column.values.bitpacking.BytePackerForLong;
import org.apache.parquet.column.values.bitpacking.Packer;

/**
 * Parquet's DELTA_BINARY_PACKED: blocks of 128 differences in 4 miniblocks of 32, each bit-packed
 * above the block's smallest difference. Belongs to one thread.
 */
final class DeltaEncoder {
  private static final int BLOCK = 128;
  private static final int MINIBLOCKS = 4;
  private static final int MINIBLOCK = BLOCK / MINIBLOCKS;
  private static final long INT_MASK = 0xFFFF_FFFFL;
  private static final BytePackerForLong[] PACKERS = new BytePackerForLong[Long.SIZE + 1];

  static {
    for (int width = 0; width <= Long.SIZE; width++) {
      PACKERS[width] = Packer.LITTLE_ENDIAN.newBytePackerForLong(width);
    }
  }

  private final long[] deltas = new long[BLOCK];

  /**
   * Writes values {@code [from, to)}.
   *
   * @param narrow whether the column is INT32: differences then wrap at 32 bits, as readers expect
   */
  void encode(long[] values, int from, int to, boolean narrow, ByteSink out) {
    out.putVarint(BLOCK);
    out.putVarint(MINIBLOCKS);
    out.putVarint(to - from);
    out.putZigZag(to > from ? values[from] : 0);
    for (int start = from + 1; start < to; start += BLOCK) {
      encodeBlock(values, start, Math.min(BLOCK, to - start), narrow, out);
    }
  }

  private void encodeBlock(long[] values, int start, int count, boolean narrow, ByteSink out) {
    long[] differences = deltas;
    long min = Long.MAX_VALUE;
    long previous = values[start - 1];
    for (int i = 0; i < count; i++) {
      long value = values[start + i];
      long delta = narrow ? (int) (value - previous) : value - previous;
      differences[i] = delta;
      min = Math.min(min, delta);
      previous = value;
    }
    long mask = narrow ? INT_MASK : -1L;
    for (int i = 0; i < count; i++) {
      differences[i] = (differences[i] - min) & mask;
    }
    for (int i = count; i < BLOCK; i++) {
      differences[i] = 0;
    }
    out.putZigZag(min);
    pack(count, out);
  }

  private void pack(int count, ByteSink out) {
    int widths = out.reserve(MINIBLOCKS);
    for (int mini = 0; mini < MINIBLOCKS; mini++) {
      int offset = mini * MINIBLOCK;
      int width = offset < count ? width(offset) : 0;
      out.array()[widths + mini] = (byte) width;
      if (width > 0) {
        int target = out.reserve(width * MINIBLOCK / Byte.SIZE);
        PACKERS[width].pack32Values(deltas, offset, out.array(), target);
      }
    }
  }

  private int width(int offset) {
    long all = 0;
    for (int i = 0; i < MINIBLOCK; i++) {
      all |= deltas[offset + i];
    }
    return Long.SIZE - Long.numberOfLeadingZeros(all);
  }
}
