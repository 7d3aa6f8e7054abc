// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file at one moment; the zeros at its end are only counted.
 *
 * @param bytes up to the last one that is not zero, in whole pages
 * @param length of the file
 */
record FileImage(byte[] bytes, long length) {
  /** Bytes of a page, the unit in which the operating system writes. */
  static final int PAGE = 4096;

  /** Bytes of a sector, the unit in which a disk writes. */
  static final int SECTOR = 512;

  static final FileImage EMPTY = new FileImage(new byte[0], 0);

  private static final int CHUNK = 256 << 10;
  private static final byte[] ZEROS = new byte[CHUNK];

  /** Reads a file; null when there is none. */
  static @Nullable FileImage of(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long length = channel.size();
      byte[] bytes = new byte[0];
      ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
      for (long at = 0; at < length; at += CHUNK) {
        int read = Math.max(0, readChunk(channel, chunk, at));
        if (!Arrays.equals(chunk.array(), 0, read, ZEROS, 0, read)) {
          bytes = Arrays.copyOf(bytes, Math.toIntExact(at + read));
          System.arraycopy(chunk.array(), 0, bytes, Math.toIntExact(at), read);
        }
      }
      return new FileImage(bytes, length);
    } catch (NoSuchFileException missing) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot take an image of " + file, e);
    }
  }

  private static int readChunk(FileChannel channel, ByteBuffer chunk, long at) throws IOException {
    chunk.clear();
    while (chunk.hasRemaining() && channel.read(chunk, at + chunk.position()) >= 0) {
      continue;
    }
    return chunk.position();
  }

  /** Writes the file. */
  void write(Path file) {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer source = ByteBuffer.wrap(bytes, 0, (int) Math.min(bytes.length, length));
      while (source.hasRemaining()) {
        channel.write(source);
      }
      if (length > source.position()) {
        channel.write(ByteBuffer.wrap(new byte[1]), length - 1);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** Copies part of the image, zeros where it has none. */
  void copy(int from, byte[] target, int count) {
    int have = Math.max(0, Math.min(count, bytes.length - from));
    System.arraycopy(bytes, Math.min(from, bytes.length), target, from, have);
    Arrays.fill(target, from + have, from + count, (byte) 0);
  }
}
