// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.io;

import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A file that appears under its name complete and on disk, or not at all, and whose beginning may
 * be written last. The bytes go to a temporary file (mode 0600) beside the target.
 *
 * <p>Used by one thread; an interrupt does not stop it. A failure is a {@link
 * dev.ringfold.StoreAccessException} or a {@link dev.ringfold.DiskFullException}.
 */
public final class TargetFile implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path target;
  private final Path temporary;
  private final RandomAccessFile file;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int buffered;
  private long position;
  private boolean closed;
  private boolean frozen;

  private TargetFile(Path target, Path temporary, RandomAccessFile file) {
    this.target = target;
    this.temporary = temporary;
    this.file = file;
  }

  /** Begins a file that will be {@code target}; its directory has to exist. */
  public static TargetFile create(Path target) {
    String unique = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path temporary = target.resolveSibling("." + target.getFileName() + "." + unique + ".tmp");
    try {
      StoreSecurity.createFile(temporary);
      return new TargetFile(target, temporary, new RandomAccessFile(temporary.toFile(), "rw"));
    } catch (IOException e) {
      throw FileFailure.of("cannot create", temporary, e);
    }
  }

  /** Makes bytes the content of a file. */
  public static void write(Path target, byte[] bytes) {
    try (TargetFile file = create(target)) {
      file.append(bytes, 0, bytes.length);
      file.freeze();
    }
  }

  /** Bytes appended so far. */
  public long length() {
    return position + buffered;
  }

  /** Appends bytes. */
  public void append(byte[] bytes, int offset, int count) {
    if (count > buffer.length - buffered) {
      flush();
    }
    if (count > buffer.length) {
      writeOut(bytes, offset, count);
    } else {
      System.arraycopy(bytes, offset, buffer, buffered, count);
      buffered += count;
    }
  }

  /** Appends all bytes of an array. */
  public void append(byte[] bytes) {
    append(bytes, 0, bytes.length);
  }

  /** Appends a tensor's elements, little-endian. */
  public void append(Tensor tensor) {
    flush();
    for (long at = 0; at < tensor.bytes(); ) {
      ByteBuffer view = ByteBuffer.wrap(buffer);
      tensor.copyTo(at, view);
      at += view.position();
      buffered = view.position();
      flush();
    }
  }

  /** Appends zeros until the length is a multiple. */
  public void alignTo(int multiple) {
    int rest = (int) (length() % multiple);
    if (rest != 0) {
      append(new byte[multiple - rest]);
    }
  }

  /** Writes over bytes appended before. */
  public void overwrite(long offset, byte[] bytes) {
    flush();
    if (offset < 0 || offset + bytes.length > position) {
      throw new IllegalArgumentException(
          "bytes " + offset + " to " + (offset + bytes.length) + " of " + position);
    }
    try {
      file.seek(offset);
      file.write(bytes);
      file.seek(position);
    } catch (IOException e) {
      throw FileFailure.of("cannot write " + bytes.length + " bytes to", temporary, e);
    }
  }

  /** Makes the file durable under its name: force, rename, force the directory. Call it once. */
  public void freeze() {
    flush();
    closed = true;
    try {
      try (RandomAccessFile open = file) {
        open.getFD().sync();
      }
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      frozen = true;
    } catch (IOException e) {
      throw FileFailure.of("cannot make " + temporary + " durable as", target, e);
    }
    Path directory = target.toAbsolutePath().getParent();
    if (directory != null) {
      DurableFile.forceDirectory(directory);
    }
  }

  /** Deletes what was written unless {@link #freeze()} made it the target. */
  @Override
  public void close() {
    boolean open = !closed;
    closed = true;
    if (frozen) {
      return;
    }
    try {
      if (open) {
        file.close();
      }
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      throw FileFailure.of("cannot delete temporary file", temporary, e);
    }
  }

  private void flush() {
    if (closed) {
      throw new IllegalStateException(temporary + " is closed");
    }
    if (buffered > 0) {
      int count = buffered;
      buffered = 0;
      writeOut(buffer, 0, count);
    }
  }

  private void writeOut(byte[] bytes, int offset, int count) {
    try {
      file.write(bytes, offset, count);
      position += count;
    } catch (IOException e) {
      throw FileFailure.of(
          "cannot append " + count + " bytes at offset " + position + " to", temporary, e);
    }
  }
}
