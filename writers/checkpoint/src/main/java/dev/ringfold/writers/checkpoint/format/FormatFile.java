// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import dev.ringfold.internal.io.FileFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

/** A file of somebody else's, open for reading. Reads carry their own offset. */
final class FormatFile implements AutoCloseable {
  /** Larger reads into the heap would take as much memory beside it. */
  private static final int SLICE_BYTES = 1 << 20;

  private final Path path;
  private final FileChannel channel;
  private final long size;

  private FormatFile(Path path, FileChannel channel, long size) {
    this.path = path;
    this.channel = channel;
    this.size = size;
  }

  /**
   * Opens a regular file that is not longer than the limits allow.
   *
   * @param options {@link LinkOption#NOFOLLOW_LINKS} for a file whose name the user did not give
   */
  static FormatFile open(Path path, FormatLimits limits, LinkOption... options) {
    try {
      // Before it is opened: opening a pipe waits for somebody to write.
      if (!Files.readAttributes(path, BasicFileAttributes.class, options).isRegularFile()) {
        throw new FormatException(path + " is not a regular file. Give the path of a file");
      }
      FileChannel channel =
          options.length == 0
              ? FileChannel.open(path, StandardOpenOption.READ)
              : FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
      return checked(path, channel, limits);
    } catch (IOException e) {
      throw FileFailure.of("cannot open", path, e);
    }
  }

  private static FormatFile checked(Path path, FileChannel channel, FormatLimits limits)
      throws IOException {
    boolean good = false;
    try {
      long size = channel.size();
      if (size > limits.maxFileBytes()) {
        throw new FormatException(
            path
                + " has "
                + size
                + " bytes, more than the "
                + limits.maxFileBytes()
                + " allowed (maxFileBytes)");
      }
      good = true;
      return new FormatFile(path, channel, size);
    } finally {
      if (!good) {
        channel.close();
      }
    }
  }

  Path path() {
    return path;
  }

  /** Its length when it was opened; bytes. */
  long size() {
    return size;
  }

  /** The exception that says what is wrong at an offset. */
  FormatException refusal(long offset, String what) {
    return new FormatException(path + ", offset " + offset + ": " + what);
  }

  /**
   * Reads until the buffer is full.
   *
   * @throws FormatException when the file ends before
   */
  void read(long offset, ByteBuffer target) {
    int limit = target.limit();
    long position = offset;
    try {
      while (target.position() < limit) {
        target.limit(Math.min(limit, target.position() + SLICE_BYTES));
        int count = channel.read(target, position);
        if (count < 0) {
          throw refusal(
              position, "the file ends; expected " + (limit - target.position()) + " more bytes");
        }
        position += count;
      }
    } catch (IOException e) {
      throw FileFailure.of("cannot read at offset " + position + " of", path, e);
    } finally {
      target.limit(limit);
    }
  }

  /** Reads this many bytes into a fresh little-endian buffer. */
  ByteBuffer read(long offset, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    read(offset, bytes);
    return bytes.flip();
  }

  /** As {@link #read(long, int)}, as an array. */
  byte[] readArray(long offset, int count) {
    byte[] bytes = new byte[count];
    read(offset, ByteBuffer.wrap(bytes));
    return bytes;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw FileFailure.of("cannot close", path, e);
    }
  }
}
