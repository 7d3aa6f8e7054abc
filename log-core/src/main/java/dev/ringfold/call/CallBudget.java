// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

/**
 * What the calls of one stream may cost, in the provider's units; checked before a call's intent.
 * What was spent is a fold over the stream, so it survives restarts and counts the calls of all
 * sessions. A value.
 *
 * <p>A call that says what it may cost at most is only made when that is left, beside what is set
 * aside for calls still open: the total is never exceeded. One that does not is made while anything
 * is left, and may exceed it by its own cost.
 *
 * @param total for all calls, or infinity
 * @param perCall for one call, or infinity; also taken as the limit of a call that states none
 */
public record CallBudget(double total, double perCall) {
  /** No limit. */
  public static final CallBudget UNLIMITED =
      new CallBudget(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);

  /** Sums of decimal fractions are not exact; less than this part of the total does not count. */
  private static final double TOLERANCE = 1e-9;

  /** Checks the ranges. */
  public CallBudget {
    if (!(total >= 0) || !(perCall >= 0)) {
      throw new IllegalArgumentException(
          "a budget must be >= 0 but was " + total + " in total and " + perCall + " per call");
    }
  }

  /** A limit for all calls together. */
  public static CallBudget of(double total) {
    return new CallBudget(total, Double.POSITIVE_INFINITY);
  }

  /** The limit a call is made with: its own one, or that of this budget, or NaN. */
  double limitOf(double stated) {
    return Double.isNaN(stated) && perCall < Double.POSITIVE_INFINITY ? perCall : stated;
  }

  /** Throws unless a call with this limit may be made. */
  void check(String key, double spent, double reserved, double limit) {
    if (limit > perCall * (1 + TOLERANCE)) {
      throw new BudgetExceededException(
          key, spent, reserved, limit, perCall, "the budget of one call");
    }
    double used = spent + reserved;
    boolean fits = Double.isNaN(limit) ? used < total : used + limit <= total + TOLERANCE * total;
    if (total < Double.POSITIVE_INFINITY && !fits) {
      throw new BudgetExceededException(key, spent, reserved, limit, total, "the budget");
    }
  }
}
