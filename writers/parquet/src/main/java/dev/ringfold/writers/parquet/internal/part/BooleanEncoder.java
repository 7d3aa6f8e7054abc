// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.Statistics;

/** BOOLEAN: one bit per value. */
final class BooleanEncoder extends ChunkEncoder {
  private int[] values = {};
  private int base;

  BooleanEncoder(EncoderScratch scratch) {
    super(scratch);
  }

  @Override
  void load(ColumnBatch batch, int column, int from, int to, int present) {
    indexed = false;
    if (present == to - from) {
      values = batch.ints(column);
      base = from;
      return;
    }
    values = StringEncoder.gather(batch, column, from, to, scratch.ints(to - from));
    base = 0;
  }

  @Override
  int dictionarySize() {
    return 0;
  }

  @Override
  void putDictionary(ByteSink out) {
    throw new AssertionError("booleans have no dictionary");
  }

  @Override
  Encoding plainEncoding() {
    return Encoding.PLAIN;
  }

  @Override
  void putPlain(int from, int to, ByteSink out) {
    int pending = 0;
    for (int i = 0; i < to - from; i++) {
      pending |= values[base + from + i] << (i % Byte.SIZE);
      if (i % Byte.SIZE == Byte.SIZE - 1) {
        out.putByte(pending);
        pending = 0;
      }
    }
    if ((to - from) % Byte.SIZE != 0) {
      out.putByte(pending);
    }
  }

  @Override
  boolean addBounds(int from, int to, Statistics.Builder statistics) {
    int min = 1;
    int max = 0;
    for (int i = base + from; i < base + to; i++) {
      min &= values[i];
      max |= values[i];
    }
    statistics.withMin(littleEndian(min, 1)).withMax(littleEndian(max, 1));
    return true;
  }
}
