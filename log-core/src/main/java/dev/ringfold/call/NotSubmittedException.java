// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a {@link Provider} that is certain that a call was not taken and will not be any more:
 * the connection was refused, the name could not be resolved. A time limit that passed is not that.
 */
public final class NotSubmittedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message says why the call was not sent. */
  public NotSubmittedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
