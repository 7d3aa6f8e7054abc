// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import org.jspecify.annotations.Nullable;

/**
 * Another process (or another log in this one) has the store open for writing; the message names
 * its PID and host.
 */
public final class StoreLockedException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message says what, where, expected and found, and what to do. */
  public StoreLockedException(String message) {
    this(message, null);
  }

  /** Creates the exception with the failure that caused it. */
  public StoreLockedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
