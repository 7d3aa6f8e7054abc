// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Directories of the harness.
 *
 * @param work where stores live while they are tested
 * @param failed where stores go that broke a promise; may be the same
 */
public record Places(Path work, Path failed) {
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  /** Both in this directory. */
  public static Places in(Path directory) {
    Path absolute = directory.toAbsolutePath();
    return new Places(absolute, absolute);
  }

  /**
   * Work in shared memory where there is some: a process that dies leaves the same bytes there as
   * on a disk, without waiting for it.
   */
  public static Places fast(Path failed) {
    if (!Files.isWritable(SHARED_MEMORY)) {
      return in(failed);
    }
    Path work = SHARED_MEMORY.resolve("ringfold-crash-" + ProcessHandle.current().pid());
    return new Places(work, failed.toAbsolutePath());
  }
}
