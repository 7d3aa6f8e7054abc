// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/** Bytes of directories. Stateless; any thread. */
final class DiskUse {
  /** Stands for a size that cannot be told. */
  static final long UNKNOWN = -1;

  private static final long TIMEOUT_SECONDS = 30;
  private static final int MAX_OUTPUT_BYTES = 64 << 10;

  private DiskUse() {}

  /**
   * Bytes of the blocks that a directory's files occupy, preallocated ones included. Java cannot
   * tell them, the tool {@code du} can; {@link #UNKNOWN} without it.
   */
  static long allocatedBytes(Path directory) {
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    ProcessBuilder builder =
        new ProcessBuilder("du", "-s", "-B1", "--", directory.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("LC_ALL", "C");
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      String output;
      try (var in = process.getInputStream()) {
        output = new String(in.readNBytes(MAX_OUTPUT_BYTES), StandardCharsets.UTF_8);
      }
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return UNKNOWN;
      }
      String number = output.split("\\s", 2)[0];
      return number.matches("\\d{1,18}") ? Long.parseLong(number) : UNKNOWN;
    } catch (IOException noSuchTool) {
      return UNKNOWN;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return UNKNOWN;
    }
  }

  /** Sum of the lengths of a directory's files; files that vanish meanwhile do not count. */
  static long fileBytes(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    long[] sum = new long[1];
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            sum[0] += attributes.size();
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE;
          }
        });
    return sum[0];
  }
}
