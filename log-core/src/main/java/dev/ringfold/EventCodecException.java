// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import org.jspecify.annotations.Nullable;

/** An event's payload could not be encoded or decoded by its codec. */
public final class EventCodecException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message says what, where, expected and found, and what to do. */
  public EventCodecException(String message) {
    this(message, null);
  }

  /** Creates the exception with the failure that caused it. */
  public EventCodecException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
