// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import java.util.List;

/**
 * What became of one fault.
 *
 * @param acknowledged events that were acknowledged before the fault
 * @param lost of these, not in the log afterwards
 * @param readable events in the log afterwards
 * @param openNanos how long the open after the fault took
 * @param problems everything that is wrong, losses included; empty when the log kept its promises
 */
public record Verdict(
    long acknowledged, long lost, long readable, long openNanos, List<String> problems) {
  /** Copies the list. */
  public Verdict {
    problems = List.copyOf(problems);
  }

  /** Whether the log kept every promise. */
  public boolean isGood() {
    return problems.isEmpty();
  }
}
