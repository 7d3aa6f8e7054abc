// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.jspecify.annotations.Nullable;

/** Zstandard by zstd-jni; one frame per page that states its length and has no checksum. */
final class ZstdCodec extends PageCodec {
  private final int level;
  private @Nullable ZstdCompressCtx compressor;
  private @Nullable ZstdDecompressCtx decompressor;

  ZstdCodec(int level) {
    super(CompressionCodecName.ZSTD);
    this.level = level;
  }

  @Override
  int compress(byte[] source, int length) {
    ZstdCompressCtx context = compressor;
    if (context == null) {
      context = new ZstdCompressCtx();
      context.setLevel(level);
      context.setChecksum(false);
      compressor = context;
    }
    byte[] target = room((int) Zstd.compressBound(length));
    return context.compressByteArray(target, 0, target.length, source, 0, length);
  }

  @Override
  byte[] decompress(byte[] source, int offset, int length, int expected) throws IOException {
    long stated = Zstd.getFrameContentSize(source, offset, length);
    // Other writers may leave the length out (0); then only a page of a possible size is tried.
    if (stated < 0 || (stated > 0 && stated != expected)) {
      throw wrongLength(stated, expected);
    }
    ZstdDecompressCtx context = decompressor;
    if (context == null) {
      context = new ZstdDecompressCtx();
      decompressor = context;
    }
    byte[] target = new byte[expected];
    try {
      int found = context.decompressByteArray(target, 0, expected, source, offset, length);
      if (found != expected) {
        throw wrongLength(found, expected);
      }
    } catch (ZstdException damaged) {
      throw new IOException("a zstd page cannot be decompressed", damaged);
    }
    return target;
  }

  @Override
  public void close() {
    if (compressor != null) {
      compressor.close();
    }
    if (decompressor != null) {
      decompressor.close();
    }
  }
}
