// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.json;

import com.fasterxml.jackson.core.io.NumberOutput;

/** Doubles as the shortest text that gives them again, laid out as Python's {@code repr} does. */
final class JsonNumber {
  private static final int FIXED_FROM_EXPONENT = -4;
  private static final int FIXED_BELOW_EXPONENT = 16;

  private JsonNumber() {}

  static String text(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("JSON has no number " + value);
    }
    // Not Double.toString, which gives one digit too many for some before JDK 19.
    String java = NumberOutput.toString(value, true);
    if (java.indexOf('E') < 0 && fixedInBoth(value)) {
      return java;
    }
    return layOut(java);
  }

  private static boolean fixedInBoth(double value) {
    double magnitude = Math.abs(value);
    return magnitude == 0 || magnitude >= 1e-3 && magnitude < 1e7;
  }

  /** From {@code -d.dddE-xx} to {@code -d.ddde-xx} or, with a small exponent, plain digits. */
  private static String layOut(String java) {
    boolean negative = java.charAt(0) == '-';
    int e = java.indexOf('E');
    String mantissa = java.substring(negative ? 1 : 0, e < 0 ? java.length() : e);
    int point = mantissa.indexOf('.');
    String whole = mantissa.substring(0, point);
    String digits = whole + mantissa.substring(point + 1);
    int exponent = whole.length() - 1 + (e < 0 ? 0 : Integer.parseInt(java.substring(e + 1)));
    int lead = 0;
    while (lead < digits.length() - 1 && digits.charAt(lead) == '0') {
      lead++;
      exponent--;
    }
    int end = digits.length();
    while (end > lead + 1 && digits.charAt(end - 1) == '0') {
      end--;
    }
    String text = shortest(digits.substring(lead, end), exponent, java);
    return negative ? "-" + text : text;
  }

  /** Java gives two digits where one would do, which happens to the smallest doubles only. */
  private static String shortest(String digits, int exponent, String java) {
    if (digits.length() == 2) {
      double value = Math.abs(Double.parseDouble(java));
      int up = digits.charAt(1) >= '5' ? 1 : 0;
      for (int i = 0; i < 2; i++) {
        int digit = digits.charAt(0) - '0' + (i == 0 ? up : 1 - up);
        String one = digit == 10 ? "1" : Integer.toString(digit);
        int moved = digit == 10 ? exponent + 1 : exponent;
        if (Double.parseDouble(one + "E" + moved) == value) {
          return arrange(one, moved);
        }
      }
    }
    return arrange(digits, exponent);
  }

  private static String arrange(String digits, int exponent) {
    if (exponent < FIXED_FROM_EXPONENT || exponent >= FIXED_BELOW_EXPONENT) {
      String head = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
      int magnitude = Math.abs(exponent);
      return head + (exponent < 0 ? "e-" : "e+") + (magnitude < 10 ? "0" : "") + magnitude;
    }
    if (exponent < 0) {
      return "0." + "0".repeat(-exponent - 1) + digits;
    }
    int whole = exponent + 1;
    return digits.length() <= whole
        ? digits + "0".repeat(whole - digits.length()) + ".0"
        : digits.substring(0, whole) + "." + digits.substring(whole);
  }
}
