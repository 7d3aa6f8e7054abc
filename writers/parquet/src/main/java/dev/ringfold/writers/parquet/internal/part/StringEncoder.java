// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.util.Arrays;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.Statistics;

/** STRING: a dictionary when texts repeat, else length and bytes. */
final class StringEncoder extends ChunkEncoder {
  /** A larger dictionary costs readers more than it saves. */
  private static final long MAX_DICTIONARY_BYTES = 1L << 20;

  /** A chunk of more text is indexed whatever its dictionary costs: it bounds the page. */
  private static final long MAX_PLAIN_BYTES = 32L << 20;

  private StringDictionary texts = new StringDictionary();

  /** The batch's id of each of this chunk's texts, by first appearance. */
  private int[] order = {};

  private int size;

  /** This chunk's index + 1 of each of the batch's texts, 0 for one that has not come up. */
  private int[] indexOfId = {};

  /** Number of the last page that a text was seen in. */
  private int[] seenIn = {};

  private int page;

  StringEncoder(EncoderScratch scratch) {
    super(scratch);
  }

  /** Copies the values that are there to the front of {@code dense}. */
  static int[] gather(ColumnBatch batch, int column, int from, int to, int[] dense) {
    int[] source = batch.ints(column);
    long[] valid = batch.validBits(column);
    int end = Math.min(to, source.length);
    int count = 0;
    for (int row = from; row < end; row++) {
      dense[count] = source[row];
      count += valid == null ? 1 : Presence.bit(valid, row);
    }
    return dense;
  }

  @Override
  void load(ColumnBatch batch, int column, int from, int to, int present) {
    texts = batch.strings();
    indices = gather(batch, column, from, to, scratch.indices(to - from));
    int known = texts.size();
    if (indexOfId.length < known) {
      indexOfId = new int[Math.max(known, indexOfId.length * 2)];
      order = new int[indexOfId.length];
      seenIn = new int[indexOfId.length];
    }
    Arrays.fill(indexOfId, 0, known, 0);
    Arrays.fill(seenIn, 0, known, 0);
    page = 0;
    size = 0;
    long plainBytes = 0;
    long dictionaryBytes = 0;
    for (int i = 0; i < present; i++) {
      int id = indices[i];
      int length = texts.utf8(id).length + Integer.BYTES;
      plainBytes += length;
      if (indexOfId[id] == 0) {
        order[size] = id;
        indexOfId[id] = ++size;
        dictionaryBytes += length;
      }
      indices[i] = indexOfId[id] - 1;
    }
    indexed = present > 0 && pays(plainBytes, dictionaryBytes, present);
  }

  private boolean pays(long plainBytes, long dictionaryBytes, int present) {
    long indexBytes = (long) present * HybridEncoder.width(size) / Byte.SIZE;
    return plainBytes > MAX_PLAIN_BYTES
        || (dictionaryBytes <= MAX_DICTIONARY_BYTES && dictionaryBytes + indexBytes < plainBytes);
  }

  @Override
  int dictionarySize() {
    return size;
  }

  @Override
  void putDictionary(ByteSink out) {
    for (int i = 0; i < size; i++) {
      putText(i, out);
    }
  }

  private void putText(int index, ByteSink out) {
    byte[] utf8 = texts.utf8(order[index]);
    out.putInt(utf8.length);
    out.putBytes(utf8);
  }

  @Override
  Encoding plainEncoding() {
    return Encoding.PLAIN;
  }

  @Override
  void putPlain(int from, int to, ByteSink out) {
    for (int i = from; i < to; i++) {
      putText(indices[i], out);
    }
  }

  /** Compares each text of a page once, by its bytes without sign, as Parquet orders UTF-8. */
  @Override
  boolean addBounds(int from, int to, Statistics.Builder statistics) {
    page++;
    byte[] min = texts.utf8(order[indices[from]]);
    byte[] max = min;
    for (int i = from; i < to; i++) {
      int index = indices[i];
      if (seenIn[index] != page) {
        seenIn[index] = page;
        byte[] text = texts.utf8(order[index]);
        min = Arrays.compareUnsigned(text, min) < 0 ? text : min;
        max = Arrays.compareUnsigned(text, max) > 0 ? text : max;
      }
    }
    statistics.withMin(min).withMax(max);
    return true;
  }
}
