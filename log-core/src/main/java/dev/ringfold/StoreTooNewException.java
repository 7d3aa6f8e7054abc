// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import org.jspecify.annotations.Nullable;

/** The store was written by a newer format version than this one reads. */
public final class StoreTooNewException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message says what, where, expected and found, and what to do. */
  public StoreTooNewException(String message) {
    this(message, null);
  }

  /** Creates the exception with the failure that caused it. */
  public StoreTooNewException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
