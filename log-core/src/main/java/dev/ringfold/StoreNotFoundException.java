// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import org.jspecify.annotations.Nullable;

/** There is no store at the given path. */
public final class StoreNotFoundException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message says what, where, expected and found, and what to do. */
  public StoreNotFoundException(String message) {
    this(message, null);
  }

  /** Creates the exception with the failure that caused it. */
  public StoreNotFoundException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
