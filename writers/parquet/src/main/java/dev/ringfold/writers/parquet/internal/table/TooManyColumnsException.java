// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.RingfoldException;

/** A row needs more columns than a table may have. Nothing of it was stored. */
final class TooManyColumnsException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  TooManyColumnsException(String message) {
    super(message);
  }
}
