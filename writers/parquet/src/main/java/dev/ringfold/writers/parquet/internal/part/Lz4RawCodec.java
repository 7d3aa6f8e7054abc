// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import io.airlift.compress.MalformedInputException;
import io.airlift.compress.lz4.Lz4Compressor;
import io.airlift.compress.lz4.Lz4Decompressor;
import java.io.IOException;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** LZ4 blocks without a frame, by aircompressor. */
final class Lz4RawCodec extends PageCodec {
  /** One byte of LZ4 stands for at most this many. */
  private static final long MAX_RATIO = 255;

  private final Lz4Compressor compressor = new Lz4Compressor();
  private final Lz4Decompressor decompressor = new Lz4Decompressor();

  Lz4RawCodec() {
    super(CompressionCodecName.LZ4_RAW);
  }

  @Override
  int compress(byte[] source, int length) {
    byte[] target = room(compressor.maxCompressedLength(length));
    return compressor.compress(source, 0, length, target, 0, target.length);
  }

  @Override
  byte[] decompress(byte[] source, int offset, int length, int expected) throws IOException {
    if (expected > MAX_RATIO * length) {
      throw wrongLength(MAX_RATIO * length, expected);
    }
    byte[] target = new byte[expected];
    try {
      int found = decompressor.decompress(source, offset, length, target, 0, expected);
      if (found != expected) {
        throw wrongLength(found, expected);
      }
    } catch (MalformedInputException damaged) {
      throw new IOException("an lz4 page cannot be decompressed", damaged);
    }
    return target;
  }
}
