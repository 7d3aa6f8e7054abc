// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import org.jspecify.annotations.Nullable;

/** A REQUIRED event found no room in the ring, or no answer, within its timeout. */
public final class RingTimeoutException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message says what, where, expected and found, and what to do. */
  public RingTimeoutException(String message) {
    this(message, null);
  }

  /** Creates the exception with the failure that caused it. */
  public RingTimeoutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
