// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.RingfoldException;
import java.util.List;

/** A state is known, but none of the levels of recovery has it whole. */
public final class StateUnrecoverableException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  /**
   * Creates the exception.
   *
   * @param id what was asked for
   * @param problems why each level did not answer
   */
  public StateUnrecoverableException(String id, List<String> problems) {
    super(
        "State '"
            + id
            + "' could not be recovered from any level: "
            + String.join("; ", problems)
            + ". Restore the log or one of these files from elsewhere.");
    this.problems = List.copyOf(problems);
  }

  /** Why each level did not answer, one line each. */
  public List<String> problems() {
    return problems;
  }
}
