// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Where the demo keeps the state of its training run, outside the log: one file, replaced as a
 * whole. It stands in for checkpoints, which this version does not have.
 */
final class StateFile {
  private static final String SUFFIX = ".training-state";

  private StateFile() {}

  /** The file that belongs to a store. */
  static Path path(Path store) {
    return store.resolveSibling(store.getFileName() + SUFFIX);
  }

  /** Replaces the file; after a crash it holds the old state or the new one, never a mixture. */
  static void write(Path file, byte[] state) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(state);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      try (FileChannel directory = FileChannel.open(parent, StandardOpenOption.READ)) {
        directory.force(true);
      }
    }
  }

  /** What was written last. */
  static byte[] read(Path file) throws IOException {
    return Files.readAllBytes(file);
  }

  /** Deletes it and what a crash may have left beside it. */
  static void delete(Path store) throws IOException {
    Path file = path(store);
    Files.deleteIfExists(file);
    Files.deleteIfExists(file.resolveSibling(file.getFileName() + ".tmp"));
  }
}
