// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.DiskFullException;
import dev.ringfold.internal.io.Posix;
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

  /**
   * Allocates a range without changing the file's length.
   *
   * @return false when the disk or the quota is full
   */
  static boolean extend(Path file, int descriptor, long offset, long length) {
    if (descriptor >= 0 && Posix.supportsFallocate(descriptor)) {
      return Posix.fallocateKeepSize(descriptor, offset, length);
    }
    // Without fallocate the free-space check of the segments thread is the only guard.
    return file.toFile().getUsableSpace() > 2 * length;
  }
}
