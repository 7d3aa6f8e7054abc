// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.chunk;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import dev.ringfold.writers.checkpoint.ChunkCodec;
import io.airlift.compress.lz4.Lz4Compressor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * Turns the elements of a chunk into the bytes that are stored. The same elements give the same
 * bytes as long as the compressor's library is the same.
 *
 * <pre>
 * none  the bytes
 * zstd  one Zstandard frame with its content size, without checksum
 * gzip  one gzip member: 10 bytes of header, deflate stream, u32 CRC-32, u32 length
 * lz4   u32 length, one LZ4 block
 * </pre>
 *
 * <p>Shuffled first when the codec says so. Holds native memory; used by one thread at a time.
 */
public final class ChunkEncoder implements AutoCloseable {
  private static final byte[] GZIP_HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
  private static final int GZIP_TRAILER_BYTES = 2 * Integer.BYTES;

  private ByteBuffer shuffled = ByteBuffer.allocateDirect(0);
  private ByteBuffer encoded = ByteBuffer.allocateDirect(0);
  private @Nullable ZstdCompressCtx zstd;
  private @Nullable Lz4Compressor lz4;

  /**
   * Encodes the remaining bytes of a direct buffer, whose position stays.
   *
   * @param elementBytes bytes of an element
   * @return a view that is good until the next call, or of the input itself
   */
  public ByteBuffer encode(ChunkCodec codec, int elementBytes, ByteBuffer raw) {
    ByteBuffer input = codec.shuffle() && elementBytes > 1 ? shuffle(elementBytes, raw) : raw;
    return switch (codec.compressor()) {
      case NONE -> input.duplicate();
      case ZSTD -> zstd(codec.level(), input);
      case GZIP -> gzip(codec.level(), input);
      case LZ4 -> lz4(input);
    };
  }

  private ByteBuffer shuffle(int elementBytes, ByteBuffer raw) {
    shuffled = room(shuffled, raw.remaining());
    Shuffle.shuffle(elementBytes, raw, shuffled);
    return shuffled.flip();
  }

  private ByteBuffer zstd(int level, ByteBuffer input) {
    ZstdCompressCtx context = zstd;
    if (context == null) {
      context = new ZstdCompressCtx().setContentSize(true).setChecksum(false);
      zstd = context;
    }
    encoded = room(encoded, Math.toIntExact(Zstd.compressBound(input.remaining())));
    context.setLevel(level);
    int length =
        context.compressDirectByteBuffer(
            encoded, 0, encoded.capacity(), input, input.position(), input.remaining());
    return encoded.limit(length);
  }

  private ByteBuffer gzip(int level, ByteBuffer input) {
    int length = input.remaining();
    encoded = room(encoded, GZIP_HEADER.length + deflateBound(length) + GZIP_TRAILER_BYTES);
    encoded.put(GZIP_HEADER);
    CRC32 crc = new CRC32();
    crc.update(input.duplicate());
    Deflater deflater = new Deflater(level, true);
    try {
      deflater.setInput(input.duplicate());
      deflater.finish();
      while (!deflater.finished()) {
        if (deflater.deflate(encoded) == 0 && !deflater.finished()) {
          throw new AssertionError(length + " bytes deflate to more than the bound");
        }
      }
    } finally {
      deflater.end();
    }
    encoded.order(ByteOrder.LITTLE_ENDIAN).putInt((int) crc.getValue()).putInt(length);
    return encoded.flip();
  }

  /** What zlib promises for any of its settings, and some room more. */
  private static int deflateBound(int length) {
    return length + (length >>> 3) + (length >>> 6) + 64;
  }

  private ByteBuffer lz4(ByteBuffer input) {
    Lz4Compressor compressor = lz4;
    if (compressor == null) {
      compressor = new Lz4Compressor();
      lz4 = compressor;
    }
    int length = input.remaining();
    encoded = room(encoded, Integer.BYTES + compressor.maxCompressedLength(length));
    encoded.order(ByteOrder.LITTLE_ENDIAN).putInt(length);
    compressor.compress(input.duplicate(), encoded);
    return encoded.flip();
  }

  private static ByteBuffer room(ByteBuffer buffer, int bytes) {
    return buffer.capacity() >= bytes ? buffer.clear() : ByteBuffer.allocateDirect(bytes);
  }

  @Override
  public void close() {
    if (zstd != null) {
      zstd.close();
      zstd = null;
    }
  }
}
