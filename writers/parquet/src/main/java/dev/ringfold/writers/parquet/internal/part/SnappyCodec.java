// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.io.IOException;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

/** Snappy without a frame, by snappy-java. */
final class SnappyCodec extends PageCodec {
  SnappyCodec() {
    super(CompressionCodecName.SNAPPY);
  }

  @Override
  int compress(byte[] source, int length) throws IOException {
    byte[] target = room(Snappy.maxCompressedLength(length));
    return Snappy.rawCompress(source, 0, length, target, 0);
  }

  @Override
  byte[] decompress(byte[] source, int offset, int length, int expected) throws IOException {
    int stated = Snappy.uncompressedLength(source, offset, length);
    if (stated != expected) {
      throw wrongLength(stated, expected);
    }
    byte[] target = new byte[expected];
    int found = Snappy.rawUncompress(source, offset, length, target, 0);
    if (found != expected) {
      throw wrongLength(found, expected);
    }
    return target;
  }
}
