// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import java.nio.file.Path;
import java.util.Objects;

/** Where things are. Stateless. */
final class Places {
  /** What the name of an archive ends with. */
  static final String ARCHIVE_SUFFIX = ".zip";

  /** What is not finished begins with this. */
  static final String TEMPORARY_PREFIX = ".tmp-";

  private Places() {}

  /** The directory of a path. */
  static Path parent(Path path) {
    return Objects.requireNonNull(path.toAbsolutePath().getParent(), "a root has no directory");
  }

  /** The last name of a path. */
  static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}
