// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import dev.ringfold.internal.io.Host;
import dev.ringfold.internal.journal.Manifest;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where things are. Stateless. */
final class Places {
  /** What the name of an archive ends with. */
  static final String ARCHIVE_SUFFIX = ".zip";

  /** What is not finished begins with this. */
  static final String TEMPORARY_PREFIX = ".tmp-";

  /** What a verification restores into; the number of its process follows. */
  private static final String SCRATCH_PREFIX = TEMPORARY_PREFIX + "verify-";

  private static final Pattern PROCESS = Pattern.compile("([0-9]{1,18})-.*");

  private Places() {}

  /** A name for a scratch directory beside the backups that nobody else uses. */
  static String scratchName() {
    return SCRATCH_PREFIX + Host.pid() + "-" + Manifest.randomStoreId();
  }

  /** Whether a path is a scratch directory; its process may have ended. */
  static boolean isScratch(Path path) {
    return name(path).startsWith(SCRATCH_PREFIX);
  }

  /** Whether a scratch directory's process lives, so that it may not be deleted. */
  static boolean isInUse(Path path) {
    Matcher matcher =
        PROCESS.matcher(isScratch(path) ? name(path).substring(SCRATCH_PREFIX.length()) : "");
    return matcher.matches()
        && ProcessHandle.of(Long.parseLong(matcher.group(1)))
            .filter(ProcessHandle::isAlive)
            .isPresent();
  }

  /** The directory of a path. */
  static Path parent(Path path) {
    return Objects.requireNonNull(path.toAbsolutePath().getParent(), "a root has no directory");
  }

  /** The last name of a path. */
  static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}
