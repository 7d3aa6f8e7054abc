// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.StoreSecurity;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A second directory with the same files: links where that is possible, copies where it is not.
 * Files of outputs are replaced and never written again, so what happens in one does not show in
 * the other.
 */
final class GenerationClone {
  private GenerationClone() {}

  /** Makes it durably; the target must not exist. */
  static void make(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes unused) {
            StoreSecurity.createDirectory(to.resolve(from.relativize(directory)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes unused)
              throws IOException {
            DurableFile.linkOrCopy(file, to.resolve(from.relativize(file)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            DurableFile.forceDirectory(to.resolve(from.relativize(directory)));
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
