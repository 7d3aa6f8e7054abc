// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.nio.charset.StandardCharsets;

/** The row hash as its Javadoc has it, row by row and without any thought of speed. */
final class ReferenceRowHash {
  private ReferenceRowHash() {}

  static RowHash row(ColumnBatch batch, int row) {
    long a = 0;
    long b = 0;
    for (int i = 0; i < batch.schema().size(); i++) {
      Object value = batch.valueAt(row, i);
      if (value == null) {
        continue;
      }
      Column column = batch.schema().column(i);
      int type =
          switch (column.type()) {
            case INT32 -> 1;
            case INT64 -> 2;
            case DOUBLE -> 3;
            case BOOLEAN -> 4;
            case STRING -> 5;
          };
      long s = mix(fnv(column.name()) + type * 0xD6E8FEB86659FD93L);
      long m = (bits(value) ^ s) * 0x9E3779B97F4A7C15L;
      m = m ^ (m >>> 32);
      a += m * (mix(s) | 1);
      b += (m ^ (m >>> 29)) * 0xC2B2AE3D27D4EB4FL;
    }
    return new RowHash(mix(a), mix(b + Long.rotateLeft(a, 32)));
  }

  private static long bits(Object value) {
    if (value instanceof Double number) {
      return Double.doubleToRawLongBits(number);
    }
    if (value instanceof Boolean flag) {
      return flag ? 1 : 0;
    }
    return value instanceof String text ? fnv(text) : ((Number) value).longValue();
  }

  private static long fnv(String text) {
    long hash = 0xCBF29CE484222325L;
    for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (value & 0xFF)) * 0x100000001B3L;
    }
    return mix(hash);
  }

  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
