// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import dev.ringfold.RingfoldException;
import java.nio.file.Path;

/**
 * The bytes of a blob or pack are not those its name promises. Nothing was changed; the message
 * names the file, what was expected, what was found and what to do.
 */
public final class CorruptBlobException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** What to do about any damaged blob. */
  static final String REMEDY =
      "Restore the file from a backup or a fork; or move it away, reopen the store, and save the"
          + " same content again";

  private final String file;
  private final String expected;
  private final String found;

  /**
   * @param file the damaged file
   * @param what which blob or part of the file
   * @param expected the hash, length or field expected
   * @param found what the file holds instead
   */
  public CorruptBlobException(Path file, String what, String expected, String found) {
    super(
        "Damaged blob: "
            + file
            + ": "
            + what
            + ": expected "
            + expected
            + " but found "
            + found
            + ". "
            + REMEDY
            + ".");
    this.file = file.toString();
    this.expected = expected;
    this.found = found;
  }

  /** The damaged file. */
  public Path file() {
    return Path.of(file);
  }

  /** The hash, length or field expected, as text. */
  public String expected() {
    return expected;
  }

  /** What the file holds instead, as text. */
  public String found() {
    return found;
  }
}
