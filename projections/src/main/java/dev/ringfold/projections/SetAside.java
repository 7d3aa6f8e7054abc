// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.RingfoldException;
import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.FaultPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/**
 * Deletes a directory so that nobody takes half of it for all of it: it gets another name first,
 * {@code NAME.deleting}, durably. What a death leaves under that name goes the next time.
 * Stateless.
 */
final class SetAside {
  private static final String SUFFIX = ".deleting";

  private SetAside() {}

  /** The name that what is deleted gets. */
  static Path of(Path parent, String name) {
    return parent.resolve(name + SUFFIX);
  }

  /**
   * Deletes a file or a directory with everything in it, or nothing when there is none.
   *
   * @param aside the other name, see {@link #of}; on the same file system
   */
  static void delete(Path what, Path aside) throws IOException {
    finish(aside);
    if (!Files.exists(what, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.move(what, aside, StandardCopyOption.ATOMIC_MOVE);
    DurableFile.forceDirectory(Objects.requireNonNull(what.getParent(), "parent"));
    FaultPoint.hit("rebuild.setAside");
    finish(aside);
  }

  /** Deletes what was renamed. */
  static void finish(Path aside) throws IOException {
    try {
      DirectoryTree.delete(aside);
    } catch (RingfoldException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
