// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.jspecify.annotations.Nullable;

/**
 * Deflate by the JDK in a gzip member with a fixed header (no time, no name, system unknown): the
 * bytes depend on the JDK's zlib and on nothing else.
 */
final class GzipCodec extends PageCodec {
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
  private static final int TRAILER_BYTES = 8;

  /** Deflate's bound is 5 bytes per 16 KiB of data that cannot be compressed. */
  private static final int SLACK_BYTES = 64;

  /** One byte of deflate stands for at most this many. */
  private static final long MAX_RATIO = 1_032;

  private final int level;
  private final CRC32 crc = new CRC32();
  private @Nullable Deflater deflater;

  GzipCodec(int level) {
    super(CompressionCodecName.GZIP);
    this.level = level;
  }

  @Override
  int compress(byte[] source, int length) throws IOException {
    Deflater deflate = deflater;
    if (deflate == null) {
      deflate = new Deflater(level, true);
      deflater = deflate;
    }
    byte[] target = room(HEADER.length + length + length / 1_000 + SLACK_BYTES + TRAILER_BYTES);
    System.arraycopy(HEADER, 0, target, 0, HEADER.length);
    deflate.reset();
    deflate.setInput(source, 0, length);
    deflate.finish();
    int room = target.length - TRAILER_BYTES - HEADER.length;
    int end = HEADER.length + deflate.deflate(target, HEADER.length, room);
    if (!deflate.finished()) {
      throw new IOException("deflate made more than " + room + " of " + length + " bytes");
    }
    crc.reset();
    crc.update(source, 0, length);
    putInt(target, end, (int) crc.getValue());
    putInt(target, end + Integer.BYTES, length);
    return end + TRAILER_BYTES;
  }

  private static void putInt(byte[] target, int offset, int value) {
    for (int i = 0; i < Integer.BYTES; i++) {
      target[offset + i] = (byte) (value >>> (i * Byte.SIZE));
    }
  }

  @Override
  byte[] decompress(byte[] source, int offset, int length, int expected) throws IOException {
    if (expected > MAX_RATIO * length) {
      throw wrongLength(MAX_RATIO * length, expected);
    }
    byte[] target = new byte[expected];
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(source, offset, length))) {
      int found = in.readNBytes(target, 0, expected);
      if (found != expected || in.read() != -1) {
        throw wrongLength(found, expected);
      }
    }
    return target;
  }

  @Override
  public void close() {
    if (deflater != null) {
      deflater.end();
    }
  }
}
