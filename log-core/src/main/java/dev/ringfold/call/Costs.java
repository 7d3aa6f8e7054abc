// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

/** What a cost may be: a number of the provider's units, finite and not negative. */
final class Costs {
  private Costs() {}

  static double require(String what, double cost) {
    if (!(cost >= 0 && cost < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(what + " must be finite and >= 0 but was " + cost);
    }
    return cost;
  }

  /** A limit may be unknown. */
  static double requireLimit(String what, double limit) {
    return Double.isNaN(limit) ? limit : require(what, limit);
  }
}
