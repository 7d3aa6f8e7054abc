// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.RingfoldException;
import org.jspecify.annotations.Nullable;

/** A projection cannot go on. Its output stands at its newest commit; the log is not touched. */
public final class ProjectionFailedException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message says what, where, expected and found, and what to do. */
  public ProjectionFailedException(String message) {
    this(message, null);
  }

  /** Creates the exception with the failure that caused it. */
  public ProjectionFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The failure of a projection at an event, with what can be done. */
  static ProjectionFailedException cannotTake(
      String projection, long sequence, long consuming, int attempts, Exception cause) {
    return new ProjectionFailedException(
        "Projection "
            + projection
            + " cannot take event "
            + sequence
            + (consuming == sequence ? "" : " again at order " + consuming)
            + " ("
            + attempts
            + " tries): "
            + cause
            + ". Mend the cause and resume it, or skip sequence "
            + consuming,
        cause);
  }
}
