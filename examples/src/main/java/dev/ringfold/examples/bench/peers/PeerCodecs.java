// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.peers;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * zstd 1 for Parquet's own writers: Parquet's factory needs classes that hadoop-client-api lacks.
 * Only for writing; used by one thread.
 */
final class PeerCodecs implements CompressionCodecFactory {
  private static final int LEVEL = 1;

  private final ZstdCompressCtx context = new ZstdCompressCtx().setLevel(LEVEL);

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName name) {
    if (name != CompressionCodecName.ZSTD) {
      throw new IllegalArgumentException("the peers write zstd, not " + name);
    }
    return new Compressor(context);
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName name) {
    throw new UnsupportedOperationException("the peers only write");
  }

  @Override
  public void release() {
    context.close();
  }

  private record Compressor(ZstdCompressCtx context) implements BytesInputCompressor {
    @Override
    public BytesInput compress(BytesInput bytes) throws IOException {
      ByteBuffer buffer = bytes.toByteBuffer();
      byte[] source = new byte[buffer.remaining()];
      buffer.get(source);
      return BytesInput.from(context.compress(source));
    }

    @Override
    public CompressionCodecName getCodecName() {
      return CompressionCodecName.ZSTD;
    }

    /** The factory owns the context. */
    @Override
    public void release() {}
  }
}
