// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.io.IOException;
import java.util.Arrays;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** No compression: what goes in comes out. */
final class NoCodec extends PageCodec {
  private byte[] last = {};

  NoCodec() {
    super(CompressionCodecName.UNCOMPRESSED);
  }

  @Override
  byte[] output() {
    return last;
  }

  @Override
  int compress(byte[] source, int length) {
    last = source;
    return length;
  }

  @Override
  byte[] decompress(byte[] source, int offset, int length, int expected) throws IOException {
    if (length != expected) {
      throw wrongLength(length, expected);
    }
    return Arrays.copyOfRange(source, offset, offset + length);
  }
}
