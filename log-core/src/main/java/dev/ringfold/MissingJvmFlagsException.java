// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import org.jspecify.annotations.Nullable;

/**
 * The JVM was started without the flags that Chronicle needs; the message holds the exact line to
 * add.
 */
public final class MissingJvmFlagsException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message says what, where, expected and found, and what to do. */
  public MissingJvmFlagsException(String message) {
    this(message, null);
  }

  /** Creates the exception with the failure that caused it. */
  public MissingJvmFlagsException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
