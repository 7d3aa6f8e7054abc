// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The files under a directory: what they are called and what is in them. */
final class OutputTree {
  private OutputTree() {}

  /** Relative path of every file and link, with its SHA-256 or its target. */
  static Map<String, String> of(Path root, Predicate<Path> compared) {
    Map<String, String> tree = new TreeMap<>();
    walk(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Path relative = root.relativize(file);
            if (compared.test(relative)) {
              tree.put(
                  relative.toString(),
                  attributes.isSymbolicLink()
                      ? "link to " + Files.readSymbolicLink(file)
                      : attributes.size() + " bytes, sha256 " + sha256(Files.readAllBytes(file)));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return tree;
  }

  /** Copies a directory; links stay links. */
  static void copy(Path from, Path to) {
    walk(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            Path target = to.resolve(from.relativize(folder));
            Files.createDirectories(target.getParent());
            Files.copy(folder, target, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(
                file,
                to.resolve(from.relativize(file)),
                LinkOption.NOFOLLOW_LINKS,
                java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void walk(Path root, SimpleFileVisitor<Path> visitor) {
    if (!Files.exists(root)) {
      return;
    }
    try {
      Files.walkFileTree(root, visitor);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot walk " + root, e);
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
