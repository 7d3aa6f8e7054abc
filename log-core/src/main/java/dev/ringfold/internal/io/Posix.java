// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import dev.ringfold.StoreAccessException;
import java.nio.file.Path;
import net.openhft.posix.PosixAPI;
import org.jspecify.annotations.Nullable;

/**
 * The few system calls that the JDK does not offer: preallocation and page population on Linux.
 *
 * <p>Where the native library cannot be loaded {@link #available()} is false and no other method
 * may be called; the journal then relies on the free-space check alone. Errors are {@link
 * StoreAccessException} with the errno. File descriptors are plain ints that the caller closes;
 * they are close-on-exec. Thread-safe.
 */
public final class Posix {
  private static final int O_RDWR = 2;
  private static final int O_NOFOLLOW_X86 = 0x20000;
  private static final int O_NOFOLLOW_ARM = 0x8000;
  private static final int O_CLOEXEC = 0x80000;
  private static final int FALLOC_FL_KEEP_SIZE = 1;
  private static final int MADV_POPULATE_WRITE = 23;

  private static final int EINTR = 4;
  private static final int EINVAL = 22;
  private static final int ENOSPC = 28;
  private static final int ENOSYS = 38;
  private static final int EOPNOTSUPP = 95;
  private static final int EDQUOT = 122;

  private static final long SMALL_PAGE_BYTES = 4L << 10;

  /** A signal storm longer than this is an error. */
  private static final int INTERRUPTED_CALL_ATTEMPTS = 100;

  private Posix() {}

  /** Whether the calls below work on this machine. Loads the native library at the first call. */
  public static boolean available() {
    return Library.API != null;
  }

  /** Opens an existing file for reading and writing (not following a symbolic link). */
  public static int open(Path file) {
    PosixAPI api = api();
    int flags = O_RDWR | O_CLOEXEC | noFollow();
    for (int attempt = 1; ; attempt++) {
      int fd = api.open(file.toAbsolutePath().toString(), flags, 0);
      if (fd >= 0) {
        return fd;
      }
      failUnlessInterrupted(api, attempt, "open " + file);
    }
  }

  /**
   * Closes a descriptor of {@link #open}. Never retried: on Linux it is closed even after EINTR.
   */
  public static void close(int fd) {
    PosixAPI api = api();
    if (api.close(fd) != 0 && api.lastError() != EINTR) {
      throw failure(api, "close descriptor " + fd);
    }
  }

  /**
   * Allocates disk blocks for {@code [offset, offset + length)} without changing the file's length;
   * the content reads as zeros. Returns true when the blocks are there, false when the disk or the
   * quota is exhausted (some blocks may have been taken then; {@link #truncate} gives them back).
   */
  public static boolean fallocateKeepSize(int fd, long offset, long length) {
    PosixAPI api = api();
    for (int attempt = 1; ; attempt++) {
      if (api.fallocate(fd, FALLOC_FL_KEEP_SIZE, offset, length) == 0) {
        return true;
      }
      int errno = api.lastError();
      if (errno == ENOSPC || errno == EDQUOT) {
        return false;
      }
      failUnlessInterrupted(
          api, attempt, "fallocate descriptor " + fd + " offset " + offset + " length " + length);
    }
  }

  /**
   * Sets the length of the file and gives preallocated blocks behind it back, also when the length
   * stays the same ({@code FileChannel.truncate} does nothing then).
   */
  public static void truncate(int fd, long length) {
    PosixAPI api = api();
    for (int attempt = 1; api.ftruncate(fd, length) != 0; attempt++) {
      failUnlessInterrupted(api, attempt, "ftruncate descriptor " + fd + " to " + length);
    }
  }

  /**
   * Whether the file system of {@code fd} can preallocate. Tries it on the first block of the file,
   * so give it a file that will be written anyway.
   */
  public static boolean supportsFallocate(int fd) {
    PosixAPI api = api();
    for (int attempt = 1; ; attempt++) {
      if (api.fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 1) == 0) {
        return true;
      }
      int errno = api.lastError();
      if (errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL) {
        return false;
      }
      if (errno == ENOSPC || errno == EDQUOT) {
        return true;
      }
      failUnlessInterrupted(api, attempt, "fallocate descriptor " + fd);
    }
  }

  /**
   * Makes the pages of a mapping present and writable, so that the first store to each does not
   * fault. {@code address} is rounded down to 4 KiB; align it yourself to 64 KiB where the kernel's
   * pages are larger. Returns false when the kernel cannot (before 5.14, or beyond the end of the
   * file); that costs speed, never correctness.
   */
  public static boolean populateWrite(long address, long length) {
    PosixAPI api = api();
    long start = address & -SMALL_PAGE_BYTES;
    for (int attempt = 1; attempt <= INTERRUPTED_CALL_ATTEMPTS; attempt++) {
      if (api.madvise(start, address - start + length, MADV_POPULATE_WRITE) == 0) {
        return true;
      }
      if (api.lastError() != EINTR) {
        return false;
      }
    }
    return false;
  }

  private static int noFollow() {
    return isArm() ? O_NOFOLLOW_ARM : O_NOFOLLOW_X86;
  }

  private static boolean isArm() {
    String arch = System.getProperty("os.arch", "");
    return arch.startsWith("aarch") || arch.startsWith("arm");
  }

  private static void failUnlessInterrupted(PosixAPI api, int attempt, String call) {
    if (api.lastError() != EINTR || attempt >= INTERRUPTED_CALL_ATTEMPTS) {
      throw failure(api, call);
    }
  }

  private static StoreAccessException failure(PosixAPI api, String call) {
    int errno = api.lastError();
    return new StoreAccessException(
        call
            + " failed with errno "
            + errno
            + " ("
            + api.strerror(errno)
            + "). Check the file system and the system log (dmesg)");
  }

  private static PosixAPI api() {
    PosixAPI api = Library.API;
    if (api == null) {
      throw new StoreAccessException(
          "the native POSIX library is not available here ("
              + Library.PROBLEM
              + "). Check Posix.available() first; a noexec java.io.tmpdir is a usual cause");
    }
    return api;
  }

  /** Loaded at first use, so that a machine without the library fails only where it is needed. */
  private static final class Library {
    static final @Nullable PosixAPI API;
    static final String PROBLEM;

    static {
      PosixAPI api = null;
      String problem = "none";
      if (!Host.isLinux()) {
        problem = "not Linux";
      } else {
        try {
          api = PosixAPI.posix();
          if (api.getClass().getSimpleName().startsWith("NoOp")) {
            api = null;
            problem = "its loader fell back to a stub";
          }
        } catch (LinkageError | RuntimeException e) {
          problem = e.toString();
        }
      }
      API = api;
      PROBLEM = problem;
    }
  }
}
