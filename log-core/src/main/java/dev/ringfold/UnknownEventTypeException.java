// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import org.jspecify.annotations.Nullable;

/** The event's type is not registered with this log. */
public final class UnknownEventTypeException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message says what, where, expected and found, and what to do. */
  public UnknownEventTypeException(String message) {
    this(message, null);
  }

  /** Creates the exception with the failure that caused it. */
  public UnknownEventTypeException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
