// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.RingfoldException;

/**
 * A state that was to be saved in the background is not in the log. Its future has failed with the
 * cause; the next call on the store throws this once, so that it is noticed without the future too.
 */
public final class StateSaveFailedException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** The message names the state. */
  public StateSaveFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
