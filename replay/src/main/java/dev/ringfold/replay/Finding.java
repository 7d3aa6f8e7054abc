// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import java.nio.file.Path;

/**
 * One thing that {@link JournalVerifier} noticed.
 *
 * @param severity how bad it is
 * @param file the file, or the directory, it is about
 * @param offset byte offset in that file, or -1
 * @param firstBadSequence the first sequence that cannot be relied on, or -1 when none is affected
 * @param text what was expected and what was found
 * @param remedy what to do; empty when nothing is to be done
 */
public record Finding(
    Severity severity, Path file, long offset, long firstBadSequence, String text, String remedy) {

  /** One line for a terminal. */
  public String toText() {
    StringBuilder line = new StringBuilder(160);
    line.append(severity).append(' ').append(file);
    if (offset >= 0) {
      line.append(" at offset ").append(offset);
    }
    if (firstBadSequence >= 0) {
      line.append(", first bad sequence ").append(firstBadSequence);
    }
    line.append(": ").append(text).append('.');
    return remedy.isEmpty() ? line.toString() : line.append(' ').append(remedy).toString();
  }
}
