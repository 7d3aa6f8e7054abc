// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.writers.checkpoint.format.FormatException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** The rule for files that commands write: what is there is never replaced. */
final class NewFile {
  private NewFile() {}

  /** Refuses a path where something is. */
  static void require(Path target) {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new FormatException(target + " is there already. Move it away, or give another name");
    }
  }
}
