// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import dev.ringfold.RingfoldException;

/** A replay came to a call whose result is not in the log; it was not made. */
public final class CallNotRecordedException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  CallNotRecordedException(String message) {
    super(message);
  }
}
