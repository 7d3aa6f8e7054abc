// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The texts of a batch, each once, by a dense id. Belongs to one thread. */
final class StringDictionary {
  /** Most texts of one batch. */
  static final int MAX_STRINGS = 262_144;

  /** Most bytes of all texts of one batch. */
  static final long MAX_BYTES = 64L << 20;

  /** Most bytes of one text. */
  static final int MAX_STRING_BYTES = 1 << 20;

  private static final int FIRST_CAPACITY = 16;

  private final Map<String, Integer> ids = new HashMap<>();
  private String[] texts = new String[FIRST_CAPACITY];
  private byte[][] utf8 = new byte[FIRST_CAPACITY][];
  private long[] hashes = new long[FIRST_CAPACITY];
  private int size;
  private long bytes;

  /** Id of the text, or -1 when there is no room for it. */
  int add(String text) {
    Integer known = ids.get(text);
    if (known != null) {
      return known;
    }
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    if (encoded.length > MAX_STRING_BYTES) {
      throw new IllegalArgumentException(
          "a text has at most "
              + MAX_STRING_BYTES
              + " bytes but this one has "
              + encoded.length
              + "; store large texts as blobs");
    }
    if (size == MAX_STRINGS || bytes + encoded.length > MAX_BYTES) {
      return -1;
    }
    if (size == utf8.length) {
      texts = Arrays.copyOf(texts, size * 2);
      utf8 = Arrays.copyOf(utf8, size * 2);
      hashes = Arrays.copyOf(hashes, size * 2);
    }
    texts[size] = text;
    utf8[size] = encoded;
    hashes[size] = RowHasher.fnv(encoded);
    bytes += encoded.length;
    ids.put(text, size);
    return size++;
  }

  int size() {
    return size;
  }

  String text(int id) {
    return texts[id];
  }

  byte[] utf8(int id) {
    return utf8[id];
  }

  long hash(int id) {
    return hashes[id];
  }

  void clear() {
    ids.clear();
    Arrays.fill(texts, 0, size, null);
    Arrays.fill(utf8, 0, size, null);
    size = 0;
    bytes = 0;
  }
}
