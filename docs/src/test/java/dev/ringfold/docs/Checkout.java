// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The files of the source tree that this build belongs to. */
final class Checkout {
  private static final int MAX_DEPTH = 24;

  private Checkout() {}

  /** The directory of the parent POM. */
  static Path root() {
    String root = System.getProperty("ringfold.root", "");
    Path start = root.isEmpty() ? Path.of("").toAbsolutePath() : Path.of(root);
    for (Path path = start; path != null; path = path.getParent()) {
      if (Files.isDirectory(path.resolve(".mvn")) && Files.isDirectory(path.resolve("log-core"))) {
        return path;
      }
    }
    throw new AssertionError("no checkout at or above " + start);
  }

  /** Every Markdown file, in the order of its path. */
  static List<Path> markdownFiles() {
    return files(path -> path.toString().endsWith(".md"));
  }

  /** Every Java source below a {@code src/main/java}, in the order of its path. */
  static List<Path> mainSources() {
    return files(path -> isJava(path) && path.toString().contains("/src/main/java/"));
  }

  /** Every Java source below a {@code src/test/java}, in the order of its path. */
  static List<Path> testSources() {
    return files(path -> isJava(path) && path.toString().contains("/src/test/java/"));
  }

  /** The path below the root, for messages. */
  static String name(Path file) {
    return root().relativize(file).toString();
  }

  private static boolean isJava(Path path) {
    return path.toString().endsWith(".java");
  }

  private static List<Path> files(Predicate<Path> wanted) {
    Path root = root();
    try (Stream<Path> paths = Files.walk(root, MAX_DEPTH)) {
      return paths
          .filter(path -> wanted.test(path) && !isHiddenOrBuilt(root.relativize(path)))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot list " + root, failure);
    }
  }

  private static boolean isHiddenOrBuilt(Path relative) {
    for (Path part : relative) {
      String name = part.toString();
      if (name.equals("target") || name.startsWith(".")) {
        return true;
      }
    }
    return false;
  }
}
