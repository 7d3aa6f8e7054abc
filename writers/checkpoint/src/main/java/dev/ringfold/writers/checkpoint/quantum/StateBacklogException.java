// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.RingfoldException;

/** Too much waits to be saved, and went on waiting for as long as a caller waits. */
public final class StateBacklogException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** The message says how much waits. */
  public StateBacklogException(String message) {
    super(message);
  }
}
