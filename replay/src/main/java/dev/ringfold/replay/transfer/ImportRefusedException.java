// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import dev.ringfold.RingfoldException;

/**
 * A file that is to be imported has something that is not a row of metrics; nothing was written.
 */
public final class ImportRefusedException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message begins with file and line. */
  public ImportRefusedException(String message) {
    super(message);
  }
}
