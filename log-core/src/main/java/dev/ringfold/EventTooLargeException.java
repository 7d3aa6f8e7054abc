// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import org.jspecify.annotations.Nullable;

/** The encoded event is larger than a frame can hold; bulk bytes belong into the blob store. */
public final class EventTooLargeException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message says what, where, expected and found, and what to do. */
  public EventTooLargeException(String message) {
    this(message, null);
  }

  /** Creates the exception with the failure that caused it. */
  public EventTooLargeException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
