// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.Statistics;

/**
 * Encodes the values of one column of one row group, nulls left out. {@link #load} decides on the
 * encoding for the whole chunk, from the values alone, so that equal rows give equal bytes; then
 * each page asks for its slice of values. Belongs to one thread; used again for each chunk.
 */
abstract class ChunkEncoder {
  /** Rows of a usual data page. */
  static final int PAGE_ROWS = 16_384;

  final EncoderScratch scratch;

  /** Whether the pages hold indices into a dictionary. */
  boolean indexed;

  /** Index of each value in the dictionary, while {@link #indexed}. */
  int[] indices = {};

  ChunkEncoder(EncoderScratch scratch) {
    this.scratch = scratch;
  }

  /** Takes rows {@code [from, to)} of a column, {@code present} of which have a value. */
  abstract void load(ColumnBatch batch, int column, int from, int to, int present);

  abstract int dictionarySize();

  abstract void putDictionary(ByteSink out);

  abstract Encoding plainEncoding();

  /** Writes values {@code [from, to)}, counted without nulls. */
  abstract void putPlain(int from, int to, ByteSink out);

  /**
   * Adds smallest and largest of the values {@code [from, to)}, at least one; false when they have
   * none that a reader may rely on.
   */
  abstract boolean addBounds(int from, int to, Statistics.Builder statistics);

  /** Rows of a data page; a multiple of 64, so that pages begin at words of the bitmap. */
  int pageRows() {
    return PAGE_ROWS;
  }

  final Encoding encoding() {
    return indexed ? Encoding.RLE_DICTIONARY : plainEncoding();
  }

  final void putPage(int from, int to, ByteSink out) {
    if (indexed) {
      int width = HybridEncoder.width(dictionarySize());
      out.putByte(width);
      scratch.hybrid.encode(indices, from, to, width, out);
    } else {
      putPlain(from, to, out);
    }
  }

  static byte[] littleEndian(long value, int bytes) {
    byte[] out = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      out[i] = (byte) (value >>> (Byte.SIZE * i));
    }
    return out;
  }
}
