// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import dev.ringfold.RingfoldException;
import org.jspecify.annotations.Nullable;

/**
 * What became of a paid call cannot be found out by a program: it may have been made, and paid, or
 * not. Nothing is sent again by itself, and no other call of this stream is made, since what was
 * spent is not known either. A person asks the provider and says so with {@link PaidCalls#settle}.
 */
public final class OutcomeUnknownException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  private final transient CallRecord call;

  OutcomeUnknownException(CallRecord call, @Nullable Throwable cause) {
    super(
        "It is not known whether provider '"
            + call.provider()
            + "' made call '"
            + call.key()
            + "' (token "
            + call.token()
            + ", sequence "
            + call.intent()
            + ", intended at "
            + call.intendedAt()
            + "): "
            + call.note()
            + " Nothing was sent again and no other call of stream '"
            + call.stream().name()
            + "' is made. Look it up at the provider, then settle it: settle(key, submitted, cost,"
            + " note).",
        cause);
    this.call = call;
  }

  /** The call that is open. */
  public CallRecord call() {
    return call;
  }
}
