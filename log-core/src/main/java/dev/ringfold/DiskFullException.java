// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import org.jspecify.annotations.Nullable;

/** The disk is below the floor that REQUIRED events need; nothing of the event was written. */
public final class DiskFullException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message says what, where, expected and found, and what to do. */
  public DiskFullException(String message) {
    this(message, null);
  }

  /** Creates the exception with the failure that caused it. */
  public DiskFullException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
