// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

/**
 * A mean with its 95 % confidence interval by Student's t. Immutable.
 *
 * @param mean of the values
 * @param low lower end
 * @param high upper end
 * @param count how many values
 */
record Interval(double mean, double low, double high, int count) {
  /** Below this the series for t is not exact enough. */
  static final int MIN_COUNT = 5;

  /** The normal distribution's quantile for 95 % in the middle. */
  private static final double Z = 1.959963984540054;

  private static final double PERCENT = 100;

  /** Of values that do not depend on each other, about normally distributed. */
  static Interval of(double... values) {
    if (values.length < MIN_COUNT) {
      throw new IllegalArgumentException(
          "an interval needs at least " + MIN_COUNT + " values but there are " + values.length);
    }
    int n = values.length;
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    double mean = sum / n;
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    double half = quantile(n - 1) * Math.sqrt(squares / (n - 1) / n);
    return new Interval(mean, mean - half, mean + half, n);
  }

  /**
   * How many percent the second one of each pair is larger, from the logarithms of the ratios, so
   * that pairs of different lengths count the same.
   */
  static Interval percent(double[] without, double[] with) {
    double[] logarithms = new double[without.length];
    for (int i = 0; i < without.length; i++) {
      logarithms[i] = Math.log(with[i] / without[i]);
    }
    Interval interval = of(logarithms);
    return new Interval(
        Math.expm1(interval.mean) * PERCENT,
        Math.expm1(interval.low) * PERCENT,
        Math.expm1(interval.high) * PERCENT,
        interval.count);
  }

  /** Student's t for 95 % in the middle, by the Cornish-Fisher series; within 0.01 from 4 on. */
  static double quantile(int freedom) {
    double z3 = Math.pow(Z, 3);
    double z5 = Math.pow(Z, 5);
    double z7 = Math.pow(Z, 7);
    double first = (z3 + Z) / 4;
    double second = (5 * z5 + 16 * z3 + 3 * Z) / 96;
    double third = (3 * z7 + 19 * z5 + 17 * z3 - 15 * Z) / 384;
    double v = freedom;
    return Z + first / v + second / (v * v) + third / (v * v * v);
  }
}
