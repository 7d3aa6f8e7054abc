// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.Statistics;

/** INT64 and INT32: a dictionary for the few-valued, else differences. */
final class LongEncoder extends ChunkEncoder {
  /** Columns of more values are counters, ids and times, where differences are smaller. */
  private static final int MAX_DICTIONARY = 256;

  private final boolean narrow;
  private long[] values = {};
  private int base;

  LongEncoder(EncoderScratch scratch, boolean narrow) {
    super(scratch);
    this.narrow = narrow;
  }

  @Override
  void load(ColumnBatch batch, int column, int from, int to, int present) {
    boolean full = present == to - from;
    if (narrow) {
      values = full ? widen(batch.ints(column), from, to) : gatherInts(batch, column, from, to);
      base = 0;
    } else if (full) {
      values = batch.longs(column);
      base = from;
    } else {
      values = gather(batch, column, from, to);
      base = 0;
    }
    indexed = present > 0 && index(present);
  }

  private long[] gather(ColumnBatch batch, int column, int from, int to) {
    long[] source = batch.longs(column);
    long[] valid = batch.bitmap(column);
    long[] dense = scratch.longs(to - from);
    int end = Math.min(to, source.length);
    int count = 0;
    for (int row = from; row < end; row++) {
      dense[count] = source[row];
      count += Presence.bit(valid, row);
    }
    return dense;
  }

  private long[] widen(int[] source, int from, int to) {
    long[] dense = scratch.longs(to - from);
    for (int i = 0; i < to - from; i++) {
      dense[i] = source[from + i];
    }
    return dense;
  }

  private long[] gatherInts(ColumnBatch batch, int column, int from, int to) {
    int[] source = batch.ints(column);
    long[] valid = batch.bitmap(column);
    long[] dense = scratch.longs(to - from);
    int end = Math.min(to, source.length);
    int count = 0;
    for (int row = from; row < end; row++) {
      dense[count] = source[row];
      count += Presence.bit(valid, row);
    }
    return dense;
  }

  private boolean index(int present) {
    ValueDictionary dictionary = scratch.dictionary;
    dictionary.clear();
    indices = scratch.indices(present);
    long last = values[base];
    int index = dictionary.add(last);
    for (int i = 0; i < present; i++) {
      long value = values[base + i];
      if (value != last) {
        index = dictionary.add(value);
        last = value;
        if (dictionary.size() > MAX_DICTIONARY) {
          return false;
        }
      }
      indices[i] = index;
    }
    return dictionary.size() * 2 <= present;
  }

  @Override
  int dictionarySize() {
    return scratch.dictionary.size();
  }

  @Override
  void putDictionary(ByteSink out) {
    for (int i = 0; i < scratch.dictionary.size(); i++) {
      if (narrow) {
        out.putInt((int) scratch.dictionary.value(i));
      } else {
        out.putLong(scratch.dictionary.value(i));
      }
    }
  }

  @Override
  Encoding plainEncoding() {
    return Encoding.DELTA_BINARY_PACKED;
  }

  @Override
  void putPlain(int from, int to, ByteSink out) {
    scratch.delta.encode(values, base + from, base + to, narrow, out);
  }

  @Override
  boolean addBounds(int from, int to, Statistics.Builder statistics) {
    long min = values[base + from];
    long max = min;
    for (int i = base + from; i < base + to; i++) {
      long value = values[i];
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    int bytes = narrow ? Integer.BYTES : Long.BYTES;
    statistics.withMin(littleEndian(min, bytes)).withMax(littleEndian(max, bytes));
    return true;
  }
}
