// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

/** An event type has other fields than when the same version of it was used before. */
public final class SchemaChangedException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message says what, where, expected and found, and what to do. */
  public SchemaChangedException(String message) {
    super(message);
  }
}
