// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.DiskFullException;
import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.internal.io.Posix;
import dev.ringfold.internal.io.StoreSecurity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Real blocks for a file before anybody maps them. */
final class Allocation {
  private Allocation() {}

  /** Allocates or throws {@link DiskFullException}. */
  static void require(Path file, int descriptor, long offset, long length) {
    if (!extend(file, descriptor, offset, length)) {
      throw new DiskFullException(
          "No room on the disk of "
              + file
              + ": "
              + length
              + " bytes are needed. Free space; the log goes on by itself.");
    }
  }

  /** Shows that this many bytes can be allocated in a directory, before a file there is mapped. */
  static void prove(Path directory, long length) {
    Path probe = directory.resolve("allocation.tmp");
    if (!Posix.available()) {
      require(directory, -1, 0, length);
      return;
    }
    try {
      Files.deleteIfExists(probe);
      StoreSecurity.createFile(probe);
      int descriptor = Posix.open(probe);
      try {
        require(probe, descriptor, 0, length);
      } finally {
        Posix.close(descriptor);
      }
      Files.delete(probe);
    } catch (IOException e) {
      throw FileFailure.of("cannot try an allocation in", directory, e);
    }
  }

  /**
   * Allocates a range without changing the file's length.
   *
   * @return false when the disk or the quota is full
   */
  static boolean extend(Path file, int descriptor, long offset, long length) {
    if (file.toFile().getUsableSpace() < length) {
      return false; // An allocation that fails half-way takes what is left from everybody.
    }
    if (descriptor >= 0 && Posix.supportsFallocate(descriptor)) {
      return Posix.fallocateKeepSize(descriptor, offset, length);
    }
    // Without fallocate the free-space check of the segments thread is the only guard.
    return file.toFile().getUsableSpace() > 2 * length;
  }
}
