// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.RingfoldException;

/** A state's vector would be larger than a cap allows; nothing was made or stored. */
public final class StateTooLargeException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** The message names the state, its qubits, the cap, and what to do. */
  public StateTooLargeException(String message) {
    super(message);
  }
}
