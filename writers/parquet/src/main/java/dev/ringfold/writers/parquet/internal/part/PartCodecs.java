// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import com.github.luben.zstd.util.ZstdVersion;
import dev.ringfold.writers.parquet.Compression;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

/**
 * The codecs of Parquet without Hadoop's: Parquet's own factory needs classes that
 * hadoop-client-api does not have. Belongs to one thread; {@link #release} frees native memory.
 */
final class PartCodecs implements CompressionCodecFactory {
  /** Only reading compresses nothing, so any level does. */
  private static final int ZSTD_LEVEL = 1;

  private static final int GZIP_LEVEL = 6;

  private final Map<CompressionCodecName, PageCodec> codecs =
      new EnumMap<>(CompressionCodecName.class);

  /** A new codec for writing. */
  static PageCodec forWriting(Compression compression, int level) {
    return switch (compression) {
      case ZSTD -> new ZstdCodec(level);
      case GZIP -> new GzipCodec(level);
      case SNAPPY -> new SnappyCodec();
      case LZ4_RAW -> new Lz4RawCodec();
      case NONE -> new NoCodec();
    };
  }

  /** The library that makes the codec's bytes, with its version where it tells one. */
  static String library(Compression compression) {
    return switch (compression) {
      case ZSTD -> ", zstd-jni " + ZstdVersion.VERSION;
      case SNAPPY -> ", snappy " + Snappy.getNativeLibraryVersion();
      case LZ4_RAW -> ", aircompressor 2";
      case GZIP, NONE -> "";
    };
  }

  private PageCodec codec(CompressionCodecName name) {
    return codecs.computeIfAbsent(
        name,
        missing ->
            switch (missing) {
              case ZSTD -> new ZstdCodec(ZSTD_LEVEL);
              case GZIP -> new GzipCodec(GZIP_LEVEL);
              case SNAPPY -> new SnappyCodec();
              case LZ4_RAW -> new Lz4RawCodec();
              case UNCOMPRESSED -> new NoCodec();
              default ->
                  throw new IllegalArgumentException(
                      "codec " + missing + " is not one of zstd, gzip, snappy, lz4_raw and none");
            });
  }

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName name) {
    return new Compressor(codec(name));
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName name) {
    return new Decompressor(codec(name));
  }

  @Override
  public void release() {
    codecs.values().forEach(PageCodec::close);
    codecs.clear();
  }

  private record Compressor(PageCodec codec) implements BytesInputCompressor {
    @Override
    public BytesInput compress(BytesInput bytes) throws IOException {
      byte[] source = bytes.toInputStream().readAllBytes();
      int length = codec.compress(source, source.length);
      return BytesInput.from(Arrays.copyOf(codec.output(), length));
    }

    @Override
    public CompressionCodecName getCodecName() {
      return codec.name();
    }

    /** The factory owns the codec. */
    @Override
    public void release() {}
  }

  private record Decompressor(PageCodec codec) implements BytesInputDecompressor {
    @Override
    public BytesInput decompress(BytesInput bytes, int expected) throws IOException {
      ByteBuffer source = bytes.toInputStream().slice(Math.toIntExact(bytes.size()));
      if (source.remaining() == 0 && expected == 0) {
        return BytesInput.empty();
      }
      if (source.hasArray()) {
        int offset = source.arrayOffset() + source.position();
        return BytesInput.from(
            codec.decompress(source.array(), offset, source.remaining(), expected));
      }
      byte[] copy = new byte[source.remaining()];
      source.get(copy);
      return BytesInput.from(codec.decompress(copy, 0, copy.length, expected));
    }

    @Override
    public void decompress(ByteBuffer in, int length, ByteBuffer out, int expected)
        throws IOException {
      byte[] copy = new byte[length];
      in.get(copy);
      out.put(codec.decompress(copy, 0, length, expected));
    }

    /** The factory owns the codec. */
    @Override
    public void release() {}
  }
}
