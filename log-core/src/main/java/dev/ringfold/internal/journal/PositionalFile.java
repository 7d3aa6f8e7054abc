// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.StoreAccessException;
import dev.ringfold.internal.io.FileFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * A file read by position that survives interrupts: Java closes a channel when its reader is
 * interrupted, so it is opened again and the interrupt stays set for the caller to see. One thread
 * at a time.
 */
final class PositionalFile implements AutoCloseable {
  private final Path path;
  private FileChannel channel;
  private boolean closed;

  /**
   * Opens a file for reading; symbolic links are refused.
   *
   * @throws StoreAccessException when it cannot be opened; its cause tells a missing file
   */
  PositionalFile(Path path) {
    this.path = path;
    this.channel = open(path);
  }

  private static FileChannel open(Path path) {
    try {
      return FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    } catch (NoSuchFileException e) {
      throw new StoreAccessException("The file " + path + " is missing", e);
    } catch (IOException e) {
      throw FileFailure.of("cannot open", path, e);
    }
  }

  Path path() {
    return path;
  }

  /** Fills the target's remaining bytes as far as the file has them. */
  void read(ByteBuffer target, long offset) {
    boolean interrupted = Thread.interrupted();
    final int start = target.position();
    try {
      while (target.hasRemaining()) {
        long at = offset + target.position() - start;
        try {
          if (checkedChannel().read(target, at) < 0) {
            return;
          }
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
          reopen();
        }
      }
    } catch (IOException e) {
      throw FileFailure.of("cannot read at offset " + offset, path, e);
    } finally {
      restore(interrupted);
    }
  }

  /** Bytes in the file now; preallocated ones count. */
  long length() {
    boolean interrupted = Thread.interrupted();
    try {
      for (; ; ) {
        try {
          return checkedChannel().size();
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
          reopen();
        }
      }
    } catch (IOException e) {
      throw FileFailure.of("cannot tell the length of", path, e);
    } finally {
      restore(interrupted);
    }
  }

  private static void restore(boolean interrupted) {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void reopen() throws IOException {
    channel.close();
    channel = open(path);
  }

  private FileChannel checkedChannel() {
    if (closed) {
      throw new IllegalStateException("the reader of " + path + " is closed");
    }
    return channel;
  }

  @Override
  public void close() {
    closed = true;
    try {
      channel.close();
    } catch (IOException e) {
      throw FileFailure.of("cannot close", path, e);
    }
  }
}
