// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.at;

import dev.ringfold.internal.io.FileFailure;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A directory for what is made only to be looked at; it is outside the store and goes with this
 * object. It is made in the directory for temporary files when it is first asked for. One thread.
 */
public final class ScratchDirectory implements AutoCloseable {
  private static final String PREFIX = "ringfold-";

  private final @Nullable Path parent;
  private @Nullable Path root;
  private int next;

  /**
   * Nothing is made yet.
   *
   * @param parent an existing directory to make it in; null for that of temporary files
   */
  public ScratchDirectory(@Nullable Path parent) {
    this.parent = parent;
  }

  /** The directory; only its owner can read it. */
  public Path root() {
    Path known = root;
    if (known == null) {
      try {
        known =
            parent == null
                ? Files.createTempDirectory(PREFIX)
                : Files.createTempDirectory(parent, PREFIX);
        root = known;
      } catch (IOException e) {
        throw FileFailure.of(
            "cannot make a directory in",
            parent == null ? Path.of(System.getProperty("java.io.tmpdir", ".")) : parent,
            e);
      }
    }
    return known;
  }

  /** A name in it that was not given out before; nothing is there. */
  public Path fresh(String name) {
    next++;
    return root().resolve(next + "-" + name);
  }

  /** Deletes all of it. */
  @Override
  public void close() {
    Path made = root;
    root = null;
    if (made == null) {
      return;
    }
    try {
      Files.walkFileTree(made, new Deletion());
    } catch (IOException e) {
      throw FileFailure.of("cannot delete", made, e);
    }
  }

  /** Links are deleted, never followed. */
  private static final class Deletion extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.delete(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
