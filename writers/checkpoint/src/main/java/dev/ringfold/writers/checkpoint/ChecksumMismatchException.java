// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import dev.ringfold.RingfoldException;
import org.jspecify.annotations.Nullable;

/**
 * Stored bytes are not those that were saved. Nothing of them was given out; the message names the
 * file, what was expected and found, where the same is still whole, and what to do.
 */
public final class ChecksumMismatchException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final String what;
  private final String expected;
  private final String found;
  private final String nearestGood;
  private final String command;

  /**
   * @param file the damaged file, or what stands for it
   * @param what which part of what was asked for
   * @param expected the hash or length expected
   * @param found what is there instead
   * @param nearestGood where the same, or the nearest to it, is whole; empty when none is known
   * @param command what to run to find out more or to repair it
   * @param cause where it was found, or null
   */
  public ChecksumMismatchException(
      String file,
      String what,
      String expected,
      String found,
      String nearestGood,
      String command,
      @Nullable Throwable cause) {
    super(
        "Checksum mismatch: "
            + file
            + ": "
            + what
            + ": expected "
            + expected
            + " but found "
            + found
            + ". "
            + (nearestGood.isEmpty()
                ? "No other copy is known; restore the file from a backup or a fork"
                : "The nearest good source is " + nearestGood)
            + ". Run: "
            + command,
        cause);
    this.file = file;
    this.what = what;
    this.expected = expected;
    this.found = found;
    this.nearestGood = nearestGood;
    this.command = command;
  }

  /** The same finding with another nearest good source. */
  public ChecksumMismatchException withNearestGood(String source) {
    return new ChecksumMismatchException(file, what, expected, found, source, command, this);
  }

  /** The damaged file, or what stands for it. */
  public String file() {
    return file;
  }

  /** Which part of what was asked for. */
  public String what() {
    return what;
  }

  /** The hash or length expected. */
  public String expected() {
    return expected;
  }

  /** What is there instead. */
  public String found() {
    return found;
  }

  /** Where the same, or the nearest to it, is whole; empty when none is known. */
  public String nearestGood() {
    return nearestGood;
  }

  /** What to run. */
  public String command() {
    return command;
  }
}
