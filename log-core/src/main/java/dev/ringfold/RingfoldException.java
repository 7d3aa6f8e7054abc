// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import org.jspecify.annotations.Nullable;

/**
 * The base of everything Ringfold throws on purpose: its message is fit for a user to read without
 * a stack trace.
 */
public class RingfoldException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message says what, where, expected and found, and what to do. */
  public RingfoldException(String message) {
    this(message, null);
  }

  /** Creates the exception with the failure that caused it. */
  public RingfoldException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
