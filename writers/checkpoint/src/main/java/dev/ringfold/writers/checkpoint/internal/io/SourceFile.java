// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.io;

import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.writers.checkpoint.format.FormatException;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file of a stranger, read from its beginning; what it says about lengths is compared with what
 * is there before anything is allocated.
 *
 * <p>Used by one thread. What is wrong with the content is a {@link FormatException} with the
 * offset, what is wrong with the disk a {@link dev.ringfold.StoreAccessException}.
 */
public final class SourceFile implements AutoCloseable {
  private final Path path;
  private final RandomAccessFile file;
  private final long length;
  private long position;

  private SourceFile(Path path, RandomAccessFile file, long length) {
    this.path = path;
    this.file = file;
    this.length = length;
  }

  /**
   * Opens a regular file.
   *
   * @throws FormatException when it is none, or has more bytes than allowed
   */
  public static SourceFile open(Path path, long maxBytes) {
    try {
      if (!Files.isRegularFile(path)) {
        throw new FormatException(path + ": there is no such file");
      }
      RandomAccessFile file = new RandomAccessFile(path.toFile(), "r");
      try {
        long length = file.length();
        if (length > maxBytes) {
          throw new FormatException(
              path + ": has " + length + " bytes; at most " + maxBytes + " are read");
        }
        return new SourceFile(path, file, length);
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      throw FileFailure.of("cannot open", path, e);
    }
  }

  /** All bytes of a file that may have at most so many. */
  public static byte[] readAll(Path path, long maxBytes) {
    try (SourceFile file = open(path, Math.min(maxBytes, Integer.MAX_VALUE - 8))) {
      return file.bytes(file.remaining(), "content");
    }
  }

  /** Which file. */
  public Path path() {
    return path;
  }

  /** Bytes read so far. */
  public long position() {
    return position;
  }

  /** Bytes not yet read. */
  public long remaining() {
    return length - position;
  }

  /** The next bytes; {@code what} they are is for the message when they are not there. */
  public byte[] bytes(long count, String what) {
    if (count < 0 || count > remaining() || count > Integer.MAX_VALUE - 8) {
      throw new FormatException(
          path
              + ": "
              + what
              + " at byte "
              + position
              + " has a length of "
              + Long.toUnsignedString(count)
              + ", but only "
              + remaining()
              + " bytes follow");
    }
    byte[] bytes = new byte[(int) count];
    read(bytes, bytes.length);
    return bytes;
  }

  /** Fills the beginning of an array with the next bytes, which have to be there. */
  public void read(byte[] target, int count) {
    try {
      file.readFully(target, 0, count);
      position += count;
    } catch (EOFException e) {
      throw new FormatException(path + ": was cut off at byte " + position + " while read", e);
    } catch (IOException e) {
      throw FileFailure.of("cannot read " + count + " bytes at " + position + " of", path, e);
    }
  }

  /** The next unsigned 32-bit little-endian number. */
  public long u32(String what) {
    return ByteBuffer.wrap(bytes(Integer.BYTES, what)).order(ByteOrder.LITTLE_ENDIAN).getInt()
        & 0xffff_ffffL;
  }

  /** The next 64-bit little-endian number; what is over 2^63 comes out negative. */
  public long u64(String what) {
    return ByteBuffer.wrap(bytes(Long.BYTES, what)).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw FileFailure.of("cannot close", path, e);
    }
  }
}
