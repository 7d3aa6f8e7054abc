// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The directories of a benchmark: made, measured, and removed without a trace. */
final class Disk {
  private Disk() {}

  /** Deletes a directory and everything in it; a missing one is fine. */
  static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause(); // Something was added or deleted while we looked.
    }
  }

  /**
   * Deletes a round's files and forces a small one, so that the file system's own work on the
   * deletion does not fall into the next peer's round.
   */
  static void deleteAndSettle(Path directory) throws IOException {
    delete(directory);
    Path probe = directory.resolveSibling("settle");
    try (FileChannel channel =
        FileChannel.open(
            probe,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      channel.write(ByteBuffer.wrap(new byte[1]));
      channel.force(true);
    }
    Files.delete(probe);
  }

  /** Bytes of the blocks that the file system has allocated for everything in {@code directory}. */
  static long allocatedBytes(Path directory) throws IOException {
    Process du =
        new ProcessBuilder(List.of("du", "-s", "--block-size=1", directory.toString()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String output = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (du.waitFor() != 0) {
        throw new IOException("du failed on " + directory);
      }
    } catch (InterruptedException e) {
      throw Waiting.interrupted(e);
    }
    return Long.parseLong(output.split("\\s", 2)[0]);
  }
}
