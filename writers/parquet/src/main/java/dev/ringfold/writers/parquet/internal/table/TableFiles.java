// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.RingfoldException;
import dev.ringfold.internal.io.DirectoryTree;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is in a generation, and how it goes away. */
final class TableFiles {
  static final String PARQUET_SUFFIX = ".parquet";

  private TableFiles() {}

  /** Work on files that reports its failures in either way. */
  interface FileWork<T> {
    T run() throws IOException;
  }

  /** As {@link FileWork}, without a result. */
  interface FileStep {
    void run() throws IOException;
  }

  /** Runs the work; every failure of a file is an {@link IOException} with its message. */
  static <T> T call(FileWork<T> work) throws IOException {
    try {
      return work.run();
    } catch (RingfoldException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** As {@link #call}, for work without a result. */
  static void run(FileStep work) throws IOException {
    try {
      work.run();
    } catch (RingfoldException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Bytes of each part in a generation, by its name relative to it, in order. */
  static Map<String, Long> parts(Path generation) throws IOException {
    Map<String, Long> parts = new TreeMap<>();
    Files.walkFileTree(
        generation,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes unused) {
            boolean own =
                !directory.equals(generation)
                    && String.valueOf(directory.getFileName()).startsWith("_");
            return own ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = generation.relativize(file).toString().replace('\\', '/');
            if (name.endsWith(PARQUET_SUFFIX)) {
              parts.put(name, attributes.size());
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof java.nio.file.NoSuchFileException) {
              return FileVisitResult.CONTINUE; // Replaced or compacted away while we look.
            }
            throw failure;
          }
        });
    return parts;
  }

  /** Deletes a directory with all that is in it, if it is there; links are not followed. */
  static void deleteTree(Path directory) throws IOException {
    run(() -> DirectoryTree.delete(directory));
  }

  /** Deletes a partition's directory that has become empty. */
  static void deleteIfEmpty(@Nullable Path directory, Path generation) throws IOException {
    if (directory == null || directory.equals(generation)) {
      return;
    }
    try (var entries = Files.newDirectoryStream(directory)) {
      if (entries.iterator().hasNext()) {
        return;
      }
    }
    Files.delete(directory);
  }

  /** Deletes all files in a directory that has no directories. */
  static void empty(Path directory) throws IOException {
    try (var files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }
}
