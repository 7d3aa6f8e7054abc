// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import dev.ringfold.RingfoldException;

/** A call was not made, since it could cost more than is left. Nothing was sent or stored. */
public final class BudgetExceededException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  private final double spent;
  private final double reserved;
  private final double asked;
  private final double limit;

  BudgetExceededException(
      String key, double spent, double reserved, double asked, double limit, String which) {
    super(
        "Call '"
            + key
            + "' was not made: it may cost "
            + (Double.isNaN(asked) ? "an unknown amount" : asked)
            + ", "
            + spent
            + " are spent and "
            + reserved
            + " set aside for open calls, and "
            + which
            + " is "
            + limit
            + ". Raise the budget, or end the run here; what was paid for stays in the log.");
    this.spent = spent;
    this.reserved = reserved;
    this.asked = asked;
    this.limit = limit;
  }

  /** What the calls of this stream cost so far. */
  public double spent() {
    return spent;
  }

  /** What is set aside for calls that have not ended. */
  public double reserved() {
    return reserved;
  }

  /** What this call might cost, NaN when that is not known. */
  public double asked() {
    return asked;
  }

  /** The limit it came up against. */
  public double limit() {
    return limit;
  }
}
