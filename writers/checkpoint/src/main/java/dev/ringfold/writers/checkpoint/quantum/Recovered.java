// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import java.util.List;

/**
 * A state and where it was found.
 *
 * @param state as it is there, its checksums compared
 * @param level which level answered
 * @param source the file, or the log's directory
 * @param problems why the levels that were asked before did not answer, one line each
 */
public record Recovered(
    QuantumState state, RecoveryLevel level, String source, List<String> problems) {
  /** Copies the lines. */
  public Recovered {
    problems = List.copyOf(problems);
  }
}
