// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import dev.ringfold.RingfoldException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A backup is not what it was when it was taken; nothing was restored from it. */
public final class CorruptBackupException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  private final String backup;
  private final String file;

  /**
   * @param backup the backup's directory or archive
   * @param file what in it is wrong; its own name when it is the whole
   * @param expected what should be there
   * @param found what is there
   */
  public CorruptBackupException(Path backup, String file, String expected, String found) {
    this(backup, file, expected, found, null);
  }

  /** As above, with the failure that showed it. */
  public CorruptBackupException(
      Path backup, String file, String expected, String found, @Nullable Throwable cause) {
    super(
        "Damaged backup: "
            + backup
            + ": "
            + file
            + ": expected "
            + expected
            + " but found "
            + found
            + ". Nothing was restored; use another backup, and take a new full one.",
        cause);
    this.backup = backup.toString();
    this.file = file;
  }

  /** The backup's directory or archive. */
  public Path backup() {
    return Path.of(backup);
  }

  /** The file inside of it. */
  public String file() {
    return file;
  }
}
