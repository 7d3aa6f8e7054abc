// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import java.util.List;

/**
 * What {@link QuantumStore#scrub} found.
 *
 * @param sequence of its {@code ScrubCompleted} event
 * @param checked versions of states read
 * @param bytes of their blobs
 * @param damaged one line for each that is damaged: its id, sequence, and what is wrong
 */
public record ScrubReport(long sequence, int checked, long bytes, List<String> damaged) {
  /** Copies the lines. */
  public ScrubReport {
    damaged = List.copyOf(damaged);
  }
}
