// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import org.jspecify.annotations.Nullable;

/**
 * The operating system refused access to the store: permissions, a read-only file system, an I/O
 * error.
 */
public final class StoreAccessException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message says what, where, expected and found, and what to do. */
  public StoreAccessException(String message) {
    this(message, null);
  }

  /** Creates the exception with the failure that caused it. */
  public StoreAccessException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
