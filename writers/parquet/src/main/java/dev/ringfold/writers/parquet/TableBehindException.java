// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import dev.ringfold.RingfoldException;
import org.jspecify.annotations.Nullable;

/**
 * A logger was closed while its table had not taken every row. Nothing is lost: the journal has the
 * rows, and the table goes on with them when the store is opened the next time.
 */
public final class TableBehindException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message says what, where, expected and found, and what to do. */
  public TableBehindException(String message) {
    this(message, null);
  }

  /** Creates the exception with the failure that caused it. */
  public TableBehindException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
