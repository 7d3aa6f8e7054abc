// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import dev.ringfold.internal.io.DirectoryTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The directories of one seed: the store, and the oracle on another file system where there is one.
 * Removed after a success; after a failure the oracle is put beside the store and both stay.
 */
final class CrashSite {
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  private final Path kept;
  private final Path directory;
  private final Path oracleDirectory;

  /**
   * @param places where sites are made and kept
   * @param name of this one
   */
  CrashSite(Places places, String name) {
    kept = places.failed().resolve(name);
    directory = places.work().resolve(name);
    boolean onDisk = !directory.startsWith(SHARED_MEMORY) && Files.isWritable(SHARED_MEMORY);
    Path elsewhere = onDisk ? SHARED_MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
    try {
      DirectoryTree.delete(directory);
      DirectoryTree.delete(kept);
      Files.createDirectories(directory);
      oracleDirectory = Files.createTempDirectory(elsewhere, "ringfold-oracle-");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + directory, e);
    }
  }

  /** Where the store is. */
  Path store() {
    return directory.resolve("store");
  }

  /** Where a copy of the store is kept by those who need one. */
  Path pristine() {
    return directory.resolve("pristine");
  }

  /** Where the oracle is. */
  Path oracle() {
    return oracleDirectory.resolve("oracle");
  }

  /** Removes everything. */
  void remove() {
    DirectoryTree.delete(oracleDirectory);
    DirectoryTree.delete(directory);
  }

  /** Moves everything to where failures are kept. */
  void keep() {
    try {
      copyTree(oracleDirectory, kept.resolve("oracle"));
      DirectoryTree.delete(oracleDirectory);
      if (!kept.equals(directory)) {
        copyTree(directory, kept);
        DirectoryTree.delete(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep " + directory, e);
    }
  }

  /** Copies a directory with everything in it. */
  static void copyTree(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes)
              throws IOException {
            Path target = to.resolve(from.relativize(dir).toString());
            Files.createDirectories(target);
            Files.setPosixFilePermissions(target, Files.getPosixFilePermissions(dir));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(
                file,
                to.resolve(from.relativize(file).toString()),
                StandardCopyOption.COPY_ATTRIBUTES,
                StandardCopyOption.REPLACE_EXISTING);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
