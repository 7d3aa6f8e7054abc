// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

/** A name for {@code --row} that no row has; the message names those there are. */
final class UnknownRowException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String reason;

  UnknownRowException(String reason) {
    super(reason);
    this.reason = reason;
  }

  /** The message. */
  String reason() {
    return reason;
  }
}
