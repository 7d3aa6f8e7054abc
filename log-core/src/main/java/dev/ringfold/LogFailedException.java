// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import org.jspecify.annotations.Nullable;

/**
 * The log stopped for good after a failed write or force; reopen the store to verify and continue.
 */
public final class LogFailedException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message says what, where, expected and found, and what to do. */
  public LogFailedException(String message) {
    this(message, null);
  }

  /** Creates the exception with the failure that caused it. */
  public LogFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
