// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as text, the same in every locale. */
final class Numbers {
  private static final MathContext FOUR_DIGITS = new MathContext(4);
  private static final double THOUSAND = 1000;
  private static final double MILLION = 1_000_000;

  private Numbers() {}

  /** For people: {@code 8.12 M}, {@code 417 k}, {@code 96.3}. */
  static String brief(double number) {
    if (number >= MILLION) {
      return String.format(Locale.ROOT, "%.2f M", number / MILLION);
    }
    if (number >= 10 * THOUSAND) {
      return String.format(Locale.ROOT, "%.1f k", number / THOUSAND);
    }
    return number == Math.rint(number) || number >= THOUSAND
        ? String.format(Locale.ROOT, "%.0f", number)
        : String.format(Locale.ROOT, "%.2f", number);
  }

  /** For programs: four significant digits, no exponent. */
  static String plain(double number) {
    BigDecimal rounded = new BigDecimal(number).round(FOUR_DIGITS);
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }
}
