// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.compat;

import dev.ringfold.StoreAccessException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Where a facade keeps things: the log lies beside the path the user gave, in {@code
 * <path>.ringfold/}, and the path itself is a file of the facade's or a link to an output.
 */
final class LinkedStore {
  private static final String SUFFIX = ".ringfold";

  private final Path path;

  /**
   * Takes a path, of which nothing needs to exist.
   *
   * @throws IllegalArgumentException when it has no last name, as {@code /} or {@code ..}
   */
  LinkedStore(Path given, String example) {
    path = given.toAbsolutePath().normalize();
    if (path.getFileName() == null) {
      throw new IllegalArgumentException("'" + given + "' must name something, such as " + example);
    }
  }

  Path path() {
    return path;
  }

  /** The log's directory. */
  Path store() {
    return path.resolveSibling(path.getFileName() + SUFFIX);
  }

  private Path parent() {
    Path parent = path.getParent();
    return parent == null ? path : parent; // Never null: the path is absolute and has a name.
  }

  /** Makes the directory that the path and the log are in. */
  void makeParent() {
    try {
      Files.createDirectories(parent());
    } catch (IOException e) {
      throw new StoreAccessException("The directory of " + path + " cannot be made: " + e, e);
    }
  }

  /**
   * Refuses to replace what is not ours.
   *
   * @throws StoreAccessException when something else than a link into the store is at the path
   */
  void requireOurLink() {
    try {
      if (Files.isSymbolicLink(path)) {
        Path target = path.resolveSibling(Files.readSymbolicLink(path)).normalize();
        if (target.startsWith(store())) {
          return;
        }
        throw new StoreAccessException(
            path + " is a link to " + target + ". Choose another path, or remove the link.");
      }
    } catch (IOException e) {
      throw new StoreAccessException(path + " cannot be read: " + e, e);
    }
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new StoreAccessException(
          "There is a "
              + (Files.isDirectory(path) ? "directory" : "file")
              + " at "
              + path
              + " that was not made here. Move it away, or choose another path.");
    }
  }

  /** Makes the path a link to an output of the store, unless it is one. */
  void link(Path output) {
    if (Files.isSymbolicLink(path)) {
      return;
    }
    try {
      Files.createSymbolicLink(path, parent().relativize(output));
    } catch (IOException | UnsupportedOperationException e) {
      throw new StoreAccessException(
          "The link " + path + " to " + output + " cannot be made: " + e, e);
    }
  }
}
