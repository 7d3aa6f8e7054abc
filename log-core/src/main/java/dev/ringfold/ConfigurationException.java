// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import org.jspecify.annotations.Nullable;

/** A configuration key is unknown, a value is out of range, or two values contradict each other. */
public final class ConfigurationException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message says what, where, expected and found, and what to do. */
  public ConfigurationException(String message) {
    this(message, null);
  }

  /** Creates the exception with the failure that caused it. */
  public ConfigurationException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
