// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.Statistics;

/**
 * DOUBLE: a dictionary when values repeat, else plain or split by byte. A dictionary tells values
 * apart by their bits, so every NaN and the sign of zero survive.
 */
final class DoubleEncoder extends ChunkEncoder {
  /** More values would not fit the second-level cache with their hash table. */
  private static final int MAX_DICTIONARY = 16_384;

  /** A dictionary pays when a value comes this often on average. */
  private static final int MIN_REPEATS = 4;

  private static final int SAMPLE = 1_024;

  /** Of a sample from 16,384 values about 31 repeat. */
  private static final int MIN_SAMPLE_REPEATS = 16;

  private final boolean split;
  private double[] values = {};
  private int base;

  DoubleEncoder(EncoderScratch scratch, boolean split) {
    super(scratch);
    this.split = split;
  }

  @Override
  void load(ColumnBatch batch, int column, int from, int to, int present) {
    if (present == to - from) {
      values = batch.doubles(column);
      base = from;
    } else {
      values = gather(batch.doubles(column), batch.bitmap(column), from, to);
      base = 0;
    }
    indexed = present > 0 && promising(present) && index(present);
  }

  private double[] gather(double[] source, long[] valid, int from, int to) {
    double[] dense = scratch.doubles(to - from);
    int end = Math.min(to, source.length);
    int count = 0;
    for (int row = from; row < end; row++) {
      dense[count] = source[row];
      count += Presence.bit(valid, row);
    }
    return dense;
  }

  /** A look at values all over the chunk: most columns of doubles hardly ever repeat one. */
  private boolean promising(int present) {
    if (present <= SAMPLE) {
      return true;
    }
    ValueDictionary dictionary = scratch.dictionary;
    dictionary.clear();
    for (int i = 0; i < SAMPLE; i++) {
      int place = (int) ((long) present * i / SAMPLE);
      dictionary.add(Double.doubleToRawLongBits(values[base + place]));
    }
    return dictionary.size() <= SAMPLE - MIN_SAMPLE_REPEATS;
  }

  private boolean index(int present) {
    ValueDictionary dictionary = scratch.dictionary;
    dictionary.clear();
    indices = scratch.indices(present);
    int limit = Math.min(MAX_DICTIONARY, present / MIN_REPEATS);
    long last = Double.doubleToRawLongBits(values[base]);
    int index = dictionary.add(last);
    for (int i = 0; i < present; i++) {
      long bits = Double.doubleToRawLongBits(values[base + i]);
      if (bits != last) {
        index = dictionary.add(bits);
        last = bits;
        if (dictionary.size() > limit) {
          return false;
        }
      }
      indices[i] = index;
    }
    return dictionary.size() <= limit;
  }

  @Override
  int dictionarySize() {
    return scratch.dictionary.size();
  }

  @Override
  void putDictionary(ByteSink out) {
    for (int i = 0; i < scratch.dictionary.size(); i++) {
      out.putLong(scratch.dictionary.value(i));
    }
  }

  /**
   * Split bytes are one page for the whole row group: each of the eight streams then has 128 KiB, a
   * zstd block of its own with its own code, which makes the file a tenth smaller.
   */
  @Override
  int pageRows() {
    return split && !indexed ? PartWriter.GROUP_ROWS : PAGE_ROWS;
  }

  @Override
  Encoding plainEncoding() {
    return split ? Encoding.BYTE_STREAM_SPLIT : Encoding.PLAIN;
  }

  @Override
  void putPlain(int from, int to, ByteSink out) {
    if (!split) {
      out.putDoubles(values, base + from, base + to);
      return;
    }
    int count = to - from;
    int target = out.reserve(count * Double.BYTES);
    byte[] bytes = out.array();
    for (int i = 0; i < count; i++) {
      long bits = Double.doubleToRawLongBits(values[base + from + i]);
      for (int stream = 0; stream < Double.BYTES; stream++) {
        bytes[target + stream * count + i] = (byte) (bits >>> (stream * Byte.SIZE));
      }
    }
  }

  /**
   * Without bounds as soon as one value is NaN: engines order NaN differently, and a bound that
   * leaves it out makes some of them skip rows. Zeros get the sign that makes the range wider.
   */
  @Override
  boolean addBounds(int from, int to, Statistics.Builder statistics) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    boolean ordered = true;
    for (int i = base + from; i < base + to; i++) {
      double value = values[i];
      ordered &= !Double.isNaN(value);
      min = value < min ? value : min;
      max = value > max ? value : max;
    }
    if (!ordered) {
      return false;
    }
    min = min == 0.0 ? -0.0 : min;
    max = max == 0.0 ? 0.0 : max;
    statistics
        .withMin(littleEndian(Double.doubleToRawLongBits(min), Double.BYTES))
        .withMax(littleEndian(Double.doubleToRawLongBits(max), Double.BYTES));
    return true;
  }
}
