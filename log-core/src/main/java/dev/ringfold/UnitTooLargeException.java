// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import org.jspecify.annotations.Nullable;

/** The events of a unit of work do not fit one frame. */
public final class UnitTooLargeException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message says what, where, expected and found, and what to do. */
  public UnitTooLargeException(String message) {
    this(message, null);
  }

  /** Creates the exception with the failure that caused it. */
  public UnitTooLargeException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
