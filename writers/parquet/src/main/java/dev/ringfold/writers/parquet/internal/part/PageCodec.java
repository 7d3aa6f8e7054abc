// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.io.Closeable;
import java.io.IOException;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Compresses and decompresses pages from array to array, with one output array that is used again.
 * Belongs to one thread. Equal input gives equal output for equal versions of the library behind
 * it.
 */
abstract class PageCodec implements Closeable {
  private final CompressionCodecName name;
  private byte[] output = {};

  PageCodec(CompressionCodecName name) {
    this.name = name;
  }

  final CompressionCodecName name() {
    return name;
  }

  /** Where {@link #compress} left its result. */
  byte[] output() {
    return output;
  }

  /** Makes {@link #output} at least this long and returns it. */
  final byte[] room(int bytes) {
    if (output.length < bytes) {
      output = new byte[bytes];
    }
    return output;
  }

  /** Compresses the first {@code length} bytes into {@link #output}; returns their new length. */
  abstract int compress(byte[] source, int length) throws IOException;

  /**
   * Decompresses into an array of exactly {@code expected} bytes. Whatever else comes out is an
   * {@link IOException}; the array is made only when that length is possible.
   */
  abstract byte[] decompress(byte[] source, int offset, int length, int expected)
      throws IOException;

  /** Frees what is outside the heap. */
  @Override
  public void close() {}

  final IOException wrongLength(long found, int expected) {
    return new IOException(
        "a page of codec " + name + " holds " + found + " bytes but its header says " + expected);
  }
}
