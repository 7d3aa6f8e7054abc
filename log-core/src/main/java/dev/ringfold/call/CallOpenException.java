// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import dev.ringfold.RingfoldException;
import org.jspecify.annotations.Nullable;

/**
 * A call has no end yet: the provider could not be reached, or is not ready in time. To ask again
 * with the same key is safe, now or after a restart; it never leads to a second payment.
 */
public final class CallOpenException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  private final transient CallRecord call;

  CallOpenException(CallRecord call, String reason, @Nullable Throwable cause) {
    super(
        "Call '"
            + call.key()
            + "' to provider '"
            + call.provider()
            + "' (sequence "
            + call.intent()
            + ") did not end: "
            + reason
            + " Call submitOnce with the same key again, now or later.",
        cause);
    this.call = call;
  }

  /** The call as the log tells it. */
  public CallRecord call() {
    return call;
  }
}
