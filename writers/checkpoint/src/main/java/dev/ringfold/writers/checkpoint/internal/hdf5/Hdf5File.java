// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.hdf5;

import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.format.FormatLimits;
import dev.ringfold.writers.checkpoint.internal.io.SourceFile;
import io.jhdf.HdfFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An HDF5 file of a stranger, read by jHDF with limits around it. jHDF believes lengths and
 * addresses; here it gets the file as one buffer, or one that is too large for that as a {@link
 * LargeFile}, of which it can only take pieces that are there, and everything that is to be
 * allocated for data is compared with the limits before. What jHDF itself allocates for a count in
 * a damaged index, and of a large file for any piece, is not bounded but by the heap; when that is
 * too small, the file is refused.
 *
 * <p>Whatever jHDF throws at what it finds is a {@link FormatException} here. Used by one thread.
 */
public final class Hdf5File implements AutoCloseable {
  /** Files up to here are read to memory, larger ones mapped. */
  private static final long MAPPED_OVER_BYTES = 64L << 20;

  /** Most bytes of a file that is read as one buffer, and of one array. */
  public static final int MAX_BUFFER_BYTES = Integer.MAX_VALUE - 8;

  private final Path path;
  private final HdfFile file;
  private final @Nullable LargeFile channel;
  private final FormatLimits limits;
  private final long length;
  private long allocated;
  private long nodes;

  private Hdf5File(
      Path path, HdfFile file, @Nullable LargeFile channel, FormatLimits limits, long length) {
    this.path = path;
    this.file = file;
    this.channel = channel;
    this.limits = limits;
    this.length = length;
  }

  /**
   * Opens a file.
   *
   * @throws FormatException when it is no HDF5 file, damaged, or over a limit
   */
  public static Hdf5File open(Path path, FormatLimits limits) {
    try (SourceFile source = SourceFile.open(path, limits.maxFileBytes())) {
      long length = source.remaining();
      return length > MAX_BUFFER_BYTES
          ? large(path, limits)
          : new Hdf5File(path, buffered(path, source), null, limits, length);
    }
  }

  private static HdfFile buffered(Path path, SourceFile source) {
    ByteBuffer content;
    if (source.remaining() <= MAPPED_OVER_BYTES) {
      content = ByteBuffer.wrap(source.bytes(source.remaining(), "content"));
    } else {
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
        content = channel.map(FileChannel.MapMode.READ_ONLY, 0, source.remaining());
      } catch (IOException e) {
        throw FileFailure.of("cannot map", path, e);
      }
    }
    return guarded(path + "", () -> HdfFile.fromByteBuffer(content));
  }

  private static Hdf5File large(Path path, FormatLimits limits) {
    try {
      LargeFile channel = LargeFile.open(path);
      boolean opened = false;
      try {
        HdfFile file = guarded(path + "", () -> new HdfFile(channel));
        opened = true;
        return new Hdf5File(path, file, channel, limits, channel.size());
      } finally {
        if (!opened) {
          channel.close();
        }
      }
    } catch (IOException e) {
      throw FileFailure.of("cannot read", path, e);
    }
  }

  /** The group that everything is in. */
  public Hdf5Node root() {
    return new Hdf5Node(this, file, "/", 0);
  }

  /** Which file. */
  public Path path() {
    return path;
  }

  FormatLimits limits() {
    return limits;
  }

  /** Counts what was looked at, so that groups that contain themselves come to an end. */
  void countNode(String where) {
    if (++nodes > (long) limits.maxEntries() * 16) {
      throw new FormatException(where + ": more than " + limits.maxEntries() * 16L + " objects");
    }
  }

  /** Most bytes one allocation may have: stored ones become at most so many times as much. */
  long maxAllocatedBytes() {
    long byRatio = Math.max(FormatLimits.FREE_BYTES, length * limits.maxRatio());
    return Math.min(byRatio, MAX_BUFFER_BYTES);
  }

  /** Takes bytes from what may be allocated. */
  void allocate(long bytes, String where) {
    if (bytes > MAX_BUFFER_BYTES && bytes / limits.maxRatio() <= length) {
      throw new FormatException(
          where
              + ": has "
              + bytes
              + " bytes of data; at most "
              + MAX_BUFFER_BYTES
              + " of one array are read. Write it as several arrays");
    }
    if (bytes < 0 || bytes > maxAllocatedBytes()) {
      throw new FormatException(
          where + ": says it has " + bytes + " bytes of data, in a file of " + length);
    }
    allocated += bytes;
    if (allocated > limits.maxTotalBytes()) {
      throw new FormatException(
          where + ": more than " + limits.maxTotalBytes() + " bytes of data in one file");
    }
  }

  /** Does something with jHDF; what it throws says that the file is wrong. */
  static <T> T guarded(String where, Supplier<@Nullable T> work) {
    try {
      T result = work.get();
      if (result == null) {
        throw new FormatException(where + ": nothing is there");
      }
      return result;
    } catch (FormatException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError | AssertionError e) {
      throw new FormatException(where + ": damaged, or no HDF5 we can read: " + reason(e), e);
    } catch (OutOfMemoryError e) {
      // jHDF makes room for as many records as a B-tree says it has. One array that does not fit
      // leaves the heap as it was.
      throw new FormatException(
          where + ": damaged, or larger than the memory there is: " + e.getMessage(), e);
    }
  }

  private static String reason(Throwable problem) {
    Throwable cause = problem;
    for (int i = 0; i < 8 && cause.getCause() != null; i++) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    return cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
  }

  /** Closes the file; nodes of it cannot be used any more. */
  @Override
  public void close() {
    if (channel == null) {
      file.close();
      return;
    }
    try {
      channel.close(); // jHDF's own close asks for the file's name, which it has not got.
    } catch (IOException e) {
      throw FileFailure.of("cannot close", path, e);
    }
  }
}
