// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of the journal that were once reported as written are damaged or missing. Nothing was
 * changed; the message names the segment, the offset, the first bad sequence and the command to
 * run.
 */
public final class CorruptJournalException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final long offset;
  private final long firstBadSequence;

  /**
   * @param file the damaged file
   * @param offset byte offset of the damage in that file, or -1 when it is not in one place
   * @param firstBadSequence the first sequence that cannot be read
   * @param problem what was expected and what was found
   * @param remedy what to do, usually a command
   */
  public CorruptJournalException(
      Path file, long offset, long firstBadSequence, String problem, String remedy) {
    this(file, offset, firstBadSequence, problem, remedy, null);
  }

  /** As above, with the failure that showed the damage. */
  public CorruptJournalException(
      Path file,
      long offset,
      long firstBadSequence,
      String problem,
      String remedy,
      @Nullable Throwable cause) {
    super(
        "Damaged journal: "
            + file
            + " at offset "
            + offset
            + ", first bad sequence "
            + firstBadSequence
            + ": "
            + problem
            + ". "
            + remedy,
        cause);
    this.file = file.toString();
    this.offset = offset;
    this.firstBadSequence = firstBadSequence;
  }

  /** The damaged file. */
  public Path file() {
    return Path.of(file);
  }

  /** Byte offset of the damage, or -1. */
  public long offset() {
    return offset;
  }

  /** The first sequence that cannot be read. */
  public long firstBadSequence() {
    return firstBadSequence;
  }
}
