// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import dev.ringfold.RingfoldException;

/**
 * The result of a call was asked for, and there is none: it was refused, or settled by a person.
 */
public final class CallRefusedException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  CallRefusedException(CallRecord call) {
    super(
        "Call '"
            + call.key()
            + "' (sequence "
            + call.intent()
            + ") has no result, it is "
            + call.state()
            + ": "
            + call.note()
            + " Ask good() first; to make it anew, use another key.");
  }
}
