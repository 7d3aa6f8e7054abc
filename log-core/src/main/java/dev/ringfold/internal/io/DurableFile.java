// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import dev.ringfold.StoreAccessException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A file that appears under its name complete and on disk, or not at all.
 *
 * <p>Bytes go to a temporary file (mode 0600, created exclusively) in the store's {@code _tmp};
 * {@link #freeze()} forces it, renames it over the target atomically and forces the target's
 * directory. {@link #close()} without a freeze deletes the temporary file. A reader sees the old
 * content or the new one, and after {@code freeze} returned the new one survives a power loss.
 *
 * <p>Used by one thread. Not interruptible: an interrupt is kept for the caller, the file is
 * written in full. A failure is a {@link StoreAccessException} or {@link
 * dev.ringfold.DiskFullException}; after a failed force the file is never forced again, only
 * deleted.
 */
public final class DurableFile implements AutoCloseable {
  private static final int FORCE_DIRECTORY_ATTEMPTS = 8;

  /*
   * FileOutputStream and not FileChannel: an interrupt closes a channel in the middle of a write,
   * and the users' threads that save positions are interrupted at shutdown.
   */
  private final FileOutputStream stream;
  private final Path target;
  private final Path temporary;
  private final @Nullable String faultPrefix;
  private long length;
  private boolean frozen;
  private boolean closed;

  private DurableFile(
      FileOutputStream stream, Path target, Path temporary, @Nullable String faultPrefix) {
    this.stream = stream;
    this.target = target;
    this.temporary = temporary;
    this.faultPrefix = faultPrefix;
  }

  /**
   * Begins a file that will be {@code target}. {@code tmpDirectory} must exist and be on the same
   * file system.
   */
  public static DurableFile create(Path target, Path tmpDirectory) {
    return create(target, tmpDirectory, null);
  }

  /**
   * Like {@link #create(Path, Path)}, and {@link #freeze()} hits the fault points {@code
   * <faultPrefix>.tmpWritten} (forced, not yet renamed) and {@code <faultPrefix>.renamed} (renamed,
   * directory not yet forced).
   */
  public static DurableFile create(Path target, Path tmpDirectory, @Nullable String faultPrefix) {
    String unique = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path temporary = tmpDirectory.resolve(target.getFileName() + "." + unique + ".tmp");
    try {
      StoreSecurity.createFile(temporary);
      FileOutputStream stream = new FileOutputStream(temporary.toFile(), true);
      return new DurableFile(stream, target, temporary, faultPrefix);
    } catch (IOException e) {
      throw FileFailure.of("cannot create", temporary, e);
    }
  }

  /** Makes {@code bytes} the content of {@code target}, durably. */
  public static void write(Path target, Path tmpDirectory, byte[] bytes) {
    write(target, tmpDirectory, bytes, null);
  }

  /** Makes {@code bytes} the content of {@code target}, durably, with fault points. */
  public static void write(
      Path target, Path tmpDirectory, byte[] bytes, @Nullable String faultPrefix) {
    try (DurableFile file = create(target, tmpDirectory, faultPrefix)) {
      file.append(bytes, 0, bytes.length);
      file.freeze();
    }
  }

  /**
   * Gives a file that is on disk a second name, or a forced copy where links are not possible: on
   * another file system, on one without links, or when the file has too many. The directory is not
   * forced.
   */
  public static void linkOrCopy(Path file, Path target) throws IOException {
    try {
      Files.createLink(target, file);
      return;
    } catch (UnsupportedOperationException | FileSystemException tooManyOrNone) {
      Files.copy(file, target, LinkOption.NOFOLLOW_LINKS);
    }
    if (Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
      try (FileOutputStream copy = new FileOutputStream(target.toFile(), true)) {
        copy.getFD().sync();
      }
    }
  }

  /** Forces a directory, so that the names in it survive a power loss. */
  public static void forceDirectory(Path directory) {
    boolean interrupted = Thread.interrupted();
    try {
      for (int attempt = 1; ; attempt++) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
          channel.force(true);
          return;
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
          if (attempt == FORCE_DIRECTORY_ATTEMPTS) {
            throw FileFailure.of("cannot force directory", directory, e);
          }
        } catch (IOException e) {
          throw FileFailure.of("cannot force directory", directory, e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Appends bytes to the temporary file. */
  public void append(byte[] bytes, int offset, int count) {
    requireOpen();
    try {
      stream.write(bytes, offset, count);
      length += count;
    } catch (IOException e) {
      throw FileFailure.of(
          "cannot append " + count + " bytes at offset " + length + " to", temporary, e);
    }
  }

  /** Appends all bytes to the temporary file. */
  public void append(byte[] bytes) {
    append(bytes, 0, bytes.length);
  }

  /** Bytes appended so far. */
  public long length() {
    return length;
  }

  /** Where the bytes are until {@link #freeze()}. */
  public Path temporary() {
    return temporary;
  }

  /** Makes the file durable under its name: force, rename, force the directory. Call it once. */
  public void freeze() {
    requireOpen();
    try {
      closed = true;
      try (FileOutputStream out = stream) {
        out.getFD().sync();
      }
      faultPoint(".tmpWritten");
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      frozen = true;
    } catch (IOException e) {
      throw FileFailure.of("cannot make " + temporary + " durable as", target, e);
    }
    faultPoint(".renamed");
    Path directory = target.toAbsolutePath().getParent();
    if (directory != null) {
      forceDirectory(directory);
    }
  }

  /** Deletes the temporary file unless {@link #freeze()} renamed it. */
  @Override
  public void close() {
    boolean open = !closed;
    closed = true;
    if (frozen) {
      return;
    }
    try {
      if (open) {
        stream.close();
      }
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      throw FileFailure.of("cannot delete temporary file", temporary, e);
    }
  }

  private void faultPoint(String suffix) {
    if (faultPrefix != null) {
      FaultPoint.hit(faultPrefix + suffix);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          temporary + " is " + (frozen ? "frozen" : "closed") + "; create a new DurableFile");
    }
  }
}
