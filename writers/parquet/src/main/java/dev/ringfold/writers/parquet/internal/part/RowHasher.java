// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Computes {@link RowHash} column by column over blocks of rows that fit the first-level cache.
 * Belongs to one thread.
 */
final class RowHasher {
  private static final int BLOCK_ROWS = 1_024;
  private static final int WORD_BITS = 64;
  private static final long A = 0x9E3779B97F4A7C15L;
  private static final long B = 0xC2B2AE3D27D4EB4FL;
  private static final long C = 0xD6E8FEB86659FD93L;

  private final long[] first = new long[BLOCK_ROWS];
  private final long[] second = new long[BLOCK_ROWS];
  private final long[] bits = new long[BLOCK_ROWS];

  /** Hash of a text's bytes, also the value bits of a text cell. */
  static long fnv(byte[] utf8) {
    long hash = 0xCBF29CE484222325L;
    for (byte value : utf8) {
      hash = (hash ^ (value & 0xFF)) * 0x100000001B3L;
    }
    return mix(hash);
  }

  static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  RowHash hash(ColumnBatch batch, int from, int to) {
    long[] seeds = seeds(batch.schema());
    long high = 0;
    long low = 0;
    for (int start = from; start < to; start += BLOCK_ROWS) {
      int rows = Math.min(BLOCK_ROWS, to - start);
      Arrays.fill(first, 0, rows, 0L);
      Arrays.fill(second, 0, rows, 0L);
      for (int column = 0; column < seeds.length; column++) {
        addColumn(batch, column, seeds[column], start, rows);
      }
      for (int i = 0; i < rows; i++) {
        high += mix(first[i]);
        low += mix(second[i] + Long.rotateLeft(first[i], 32));
      }
    }
    return new RowHash(high, low);
  }

  private static long[] seeds(TableSchema schema) {
    long[] seeds = new long[schema.size()];
    for (int i = 0; i < seeds.length; i++) {
      Column column = schema.column(i);
      byte[] name = column.name().getBytes(StandardCharsets.UTF_8);
      seeds[i] = mix(fnv(name) + column.type().code() * C);
    }
    return seeds;
  }

  private void addColumn(ColumnBatch batch, int column, long seed, int start, int rows) {
    int present = Math.min(rows, batch.storedRows(column) - start);
    if (present <= 0) {
      return;
    }
    loadBits(batch, column, start, present);
    long odd = mix(seed) | 1;
    long[] valid = batch.validBits(column);
    if (valid == null || Presence.count(valid, start, start + present) == present) {
      addAll(seed, odd, present);
    } else {
      addValid(valid, start, seed, odd, present);
    }
  }

  private void loadBits(ColumnBatch batch, int column, int start, int rows) {
    switch (batch.schema().column(column).type()) {
      case INT64 -> System.arraycopy(batch.longs(column), start, bits, 0, rows);
      case DOUBLE -> {
        double[] values = batch.doubles(column);
        for (int i = 0; i < rows; i++) {
          bits[i] = Double.doubleToRawLongBits(values[start + i]);
        }
      }
      case INT32, BOOLEAN -> {
        int[] values = batch.ints(column);
        for (int i = 0; i < rows; i++) {
          bits[i] = values[start + i];
        }
      }
      case STRING -> {
        int[] ids = batch.ints(column);
        StringDictionary strings = batch.strings();
        for (int i = 0; i < rows; i++) {
          bits[i] = strings.hash(ids[start + i]);
        }
      }
    }
  }

  private void addAll(long seed, long odd, int rows) {
    long[] a = first;
    long[] b = second;
    long[] v = bits;
    for (int i = 0; i < rows; i++) {
      long m = (v[i] ^ seed) * A;
      m ^= m >>> 32;
      a[i] += m * odd;
      b[i] += (m ^ (m >>> 29)) * B;
    }
  }

  private void addValid(long[] valid, int start, long seed, long odd, int rows) {
    for (int i = 0; i < rows; i++) {
      int row = start + i;
      // All ones where there is a value: a mask instead of a branch that nobody can predict.
      long mask = -((valid[row / WORD_BITS] >>> row) & 1L);
      long m = (bits[i] ^ seed) * A;
      m ^= m >>> 32;
      first[i] += (m * odd) & mask;
      second[i] += ((m ^ (m >>> 29)) * B) & mask;
    }
  }
}
