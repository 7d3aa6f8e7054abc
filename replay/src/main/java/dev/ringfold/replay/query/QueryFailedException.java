// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.query;

import dev.ringfold.RingfoldException;

/** A query cannot be answered; the message says what DuckDB said. */
public final class QueryFailedException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception. */
  public QueryFailedException(String message) {
    super(message);
  }

  /** Creates the exception with what DuckDB threw. */
  public QueryFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
