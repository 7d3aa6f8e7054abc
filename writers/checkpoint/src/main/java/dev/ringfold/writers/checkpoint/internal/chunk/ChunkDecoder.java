// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.chunk;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.format.FormatException;
import io.airlift.compress.MalformedInputException;
import io.airlift.compress.lz4.Lz4Decompressor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Turns stored bytes back into the elements of a chunk, whose length is known beforehand: fewer or
 * more are an error, so nothing can grow. Stateless.
 */
public final class ChunkDecoder {
  private static final int GZIP_HEADER_BYTES = 10;
  private static final int GZIP_MAGIC = 0x8b1f;
  private static final int GZIP_TRAILER_BYTES = 2 * Integer.BYTES;

  private ChunkDecoder() {}

  /**
   * Decodes into all of the target's remaining bytes and moves its position.
   *
   * @param elementBytes bytes of an element
   * @param stored what {@link ChunkEncoder} wrote; its position stays
   * @param target direct, or with an array
   * @param where names the chunk in messages
   * @throws FormatException when the stored bytes are not such a chunk
   */
  public static void decode(
      ChunkCodec codec, int elementBytes, ByteBuffer stored, ByteBuffer target, String where) {
    if (!codec.shuffle() || elementBytes == 1) {
      decompress(codec, stored, target, where);
      return;
    }
    ByteBuffer shuffled = ByteBuffer.allocate(target.remaining());
    decompress(codec, stored, shuffled, where);
    Shuffle.unshuffle(elementBytes, shuffled.flip(), target);
  }

  private static void decompress(
      ChunkCodec codec, ByteBuffer stored, ByteBuffer target, String where) {
    try {
      switch (codec.compressor()) {
        case NONE -> copy(stored, target, where);
        case ZSTD -> zstd(stored, target, where);
        case GZIP -> gzip(stored.duplicate().order(ByteOrder.LITTLE_ENDIAN), target, where);
        case LZ4 -> lz4(stored.duplicate().order(ByteOrder.LITTLE_ENDIAN), target, where);
        default -> throw new AssertionError(codec);
      }
    } catch (ZstdException | MalformedInputException | DataFormatException e) {
      throw new FormatException(where + ": not " + codec + ": " + e.getMessage(), e);
    }
  }

  private static void copy(ByteBuffer stored, ByteBuffer target, String where) {
    requireLength(target.remaining(), stored.remaining(), where);
    target.put(stored.duplicate());
  }

  private static void requireLength(int expected, long found, String where) {
    if (found != expected) {
      throw new FormatException(
          where + ": expected a chunk of " + expected + " bytes but found " + found);
    }
  }

  private static void zstd(ByteBuffer stored, ByteBuffer target, String where) {
    int length = target.remaining();
    int count;
    try (ZstdDecompressCtx context = new ZstdDecompressCtx()) {
      count = zstd(context, stored, target);
    }
    requireLength(length, count, where);
    target.position(target.position() + length);
  }

  private static int zstd(ZstdDecompressCtx context, ByteBuffer from, ByteBuffer to) {
    int at = from.position();
    int count = from.remaining();
    if (from.isDirect() && to.isDirect()) {
      return context.decompressDirectByteBuffer(to, to.position(), to.remaining(), from, at, count);
    }
    if (from.isDirect()) {
      return context.decompressDirectByteBufferToByteArray(
          to.array(), to.arrayOffset() + to.position(), to.remaining(), from, at, count);
    }
    int start = from.arrayOffset() + at;
    if (to.isDirect()) {
      return context.decompressByteArrayToDirectByteBuffer(
          to, to.position(), to.remaining(), from.array(), start, count);
    }
    return context.decompressByteArray(
        to.array(), to.arrayOffset() + to.position(), to.remaining(), from.array(), start, count);
  }

  private static void gzip(ByteBuffer in, ByteBuffer target, String where)
      throws DataFormatException {
    int start = in.position();
    if (in.remaining() < GZIP_HEADER_BYTES + GZIP_TRAILER_BYTES
        || (in.getShort(start) & 0xFFFF) != GZIP_MAGIC
        || in.get(start + 2) != 8
        || in.get(start + 3) != 0) {
      throw new FormatException(
          where + ": not a plain gzip stream of " + in.remaining() + " bytes");
    }
    int length = target.remaining();
    ByteBuffer written = target.duplicate();
    int trailer = in.limit() - GZIP_TRAILER_BYTES;
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(in.duplicate().position(start + GZIP_HEADER_BYTES).limit(trailer));
      int count = 1;
      while (!inflater.finished() && count > 0) {
        count = inflater.inflate(target);
      }
      requireLength(length, inflater.finished() ? inflater.getBytesWritten() : -1, where);
      requireLength(trailer - start - GZIP_HEADER_BYTES, inflater.getBytesRead(), where);
    } finally {
      inflater.end();
    }
    CRC32 crc = new CRC32();
    crc.update(written);
    if (in.getInt(trailer) != (int) crc.getValue()) {
      throw new FormatException(where + ": the CRC-32 of the gzip stream does not match its bytes");
    }
    requireLength(length, in.getInt(trailer + Integer.BYTES), where);
  }

  private static void lz4(ByteBuffer in, ByteBuffer target, String where) {
    if (in.remaining() < Integer.BYTES) {
      throw new FormatException(where + ": an LZ4 chunk cannot have " + in.remaining() + " bytes");
    }
    int length = target.remaining();
    requireLength(length, in.getInt(), where);
    int start = target.position();
    new Lz4Decompressor().decompress(in, target);
    requireLength(length, target.position() - start, where);
  }
}
