// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import org.jspecify.annotations.Nullable;

/**
 * The store's directory or file system cannot keep the promises: world-writable, a symbolic link, a
 * foreign owner, or a network file system.
 */
public final class UnsafeStoreException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message says what, where, expected and found, and what to do. */
  public UnsafeStoreException(String message) {
    this(message, null);
  }

  /** Creates the exception with the failure that caused it. */
  public UnsafeStoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
