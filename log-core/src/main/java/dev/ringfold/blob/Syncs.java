// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import dev.ringfold.internal.io.ForceWatch;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Forces files and directories to the disk. Thread-safe. Tests record the order of its calls. */
interface Syncs {
  /** fsync, checked. */
  Syncs REAL =
      new Syncs() {
        @Override
        public void forceFile(FileChannel channel, Path path) throws IOException {
          Runnable done = ForceWatch.before(path);
          channel.force(true);
          done.run();
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
          Runnable done = ForceWatch.before(directory);
          Syncs.forceUninterrupted(directory);
          done.run();
        }
      };

  /** How often an interrupt may get in the way of one force. */
  int MAX_INTERRUPTS = 16;

  /** Forces the bytes and the metadata of an open file. */
  void forceFile(FileChannel channel, Path path) throws IOException;

  /** Forces the entries of a directory. */
  void forceDirectory(Path directory) throws IOException;

  /**
   * An interrupt closes a channel in the middle of its force, which must not look like a failed
   * disk.
   */
  private static void forceUninterrupted(Path directory) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      for (int attempt = 1; ; attempt++) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
          channel.force(true);
          return;
        } catch (ClosedByInterruptException stopped) {
          interrupted = true;
          Thread.interrupted();
          if (attempt == MAX_INTERRUPTS) {
            throw stopped;
          }
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
