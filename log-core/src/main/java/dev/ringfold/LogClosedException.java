// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import org.jspecify.annotations.Nullable;

/** The log, or the handle, is closed. */
public final class LogClosedException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message says what, where, expected and found, and what to do. */
  public LogClosedException(String message) {
    this(message, null);
  }

  /** Creates the exception with the failure that caused it. */
  public LogClosedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
