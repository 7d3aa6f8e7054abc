// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import java.nio.file.Path;

/**
 * A finished file of an output, as it follows from the journal.
 *
 * @param name relative to the output, with {@code /}; the same in an output made again
 * @param file where it is
 * @param contentHash what stands for its content when its bytes may differ from one machine to the
 *     next, as those of gzip do; empty when its bytes have to be the same
 */
public record OutputFile(String name, Path file, String contentHash) {
  /** A file whose bytes have to be the same. */
  public OutputFile(String name, Path file) {
    this(name, file, "");
  }
}
