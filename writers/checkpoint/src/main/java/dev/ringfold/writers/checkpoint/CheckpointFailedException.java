// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import dev.ringfold.RingfoldException;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint could not be saved, or what follows a save could not be done. The checkpoints
 * committed before are whole. Comes out of the save's future and, once, of the next call.
 */
public final class CheckpointFailedException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** The message says what failed and why. */
  public CheckpointFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
