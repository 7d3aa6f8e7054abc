// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.peers;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
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

  private static final class Compressor implements BytesInputCompressor {
    private final ZstdCompressCtx context;
    private final Source source = new Source();
    private byte[] output = new byte[0];

    Compressor(ZstdCompressCtx context) {
      this.context = context;
    }

    @Override
    public BytesInput compress(BytesInput bytes) throws IOException {
      source.reset();
      bytes.writeAllTo(source);
      int bound = Math.toIntExact(Zstd.compressBound(source.size()));
      if (output.length < bound) {
        output = new byte[bound];
      }
      int length =
          context.compressByteArray(output, 0, output.length, source.array(), 0, source.size());
      return BytesInput.from(Arrays.copyOf(output, length));
    }

    @Override
    public CompressionCodecName getCodecName() {
      return CompressionCodecName.ZSTD;
    }

    /** The factory owns the context. */
    @Override
    public void release() {}
  }

  /** Bytes in an array that is not copied. */
  private static final class Source extends ByteArrayOutputStream {
    byte[] array() {
      return buf;
    }
  }
}
