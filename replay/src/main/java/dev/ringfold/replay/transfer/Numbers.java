// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.regex.Pattern;

/** Numbers and times as they stand in files, and back. Stateless; any thread. */
final class Numbers {
  private static final Pattern INTEGER = Pattern.compile("[+-]?\\d{1,25}");
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d{1,6})?");
  private static final Pattern SECONDS = Pattern.compile("-?\\d{1,10}(\\.\\d{1,30})?");
  private static final long EXACT_LIMIT = 1L << 53;
  private static final double LONG_LIMIT = 0x1p63;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final int NANO_DIGITS = 9;

  private Numbers() {}

  /** Whether the text is a number, not-a-number or infinity. */
  static boolean isNumber(String text) {
    return DECIMAL.matcher(text).matches() || isSpecial(text);
  }

  /** A double; {@code nan}, {@code inf} and {@code infinity} in any case. */
  static double toDouble(String text) throws BadLineException {
    if (isSpecial(text)) {
      return special(text);
    }
    if (!DECIMAL.matcher(text).matches()) {
      throw new BadLineException("expected a number but found " + shown(text));
    }
    double value = Double.parseDouble(text);
    if (Double.isInfinite(value)) {
      throw new BadLineException("the number " + shown(text) + " is too large for a double");
    }
    if (Math.abs(value) >= EXACT_LIMIT && INTEGER.matcher(text).matches()) {
      if (new BigDecimal(text).compareTo(new BigDecimal(value)) != 0) {
        throw new BadLineException(
            "the integer " + shown(text) + " does not fit a double; declare the metric as long");
      }
    }
    return value;
  }

  /** An integer; {@code 3.0} is one too, since pandas writes integers with gaps so. */
  static long toLong(String text) throws BadLineException {
    if (INTEGER.matcher(text).matches()) {
      try {
        return Long.parseLong(text);
      } catch (NumberFormatException e) {
        throw new BadLineException("the integer " + shown(text) + " does not fit 64 bits");
      }
    }
    if (DECIMAL.matcher(text).matches()) {
      double value = Double.parseDouble(text);
      if (value == Math.rint(value) && Math.abs(value) < LONG_LIMIT) {
        return (long) value;
      }
    }
    throw new BadLineException("expected an integer but found " + shown(text));
  }

  static boolean isBoolean(String text) {
    return text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false");
  }

  static boolean toBoolean(String text) throws BadLineException {
    if (!isBoolean(text)) {
      throw new BadLineException("expected true or false but found " + shown(text));
    }
    return text.equalsIgnoreCase("true");
  }

  /** Nanoseconds since 1970, of seconds since then or of a date and time of ISO 8601. */
  static long toNanos(String text) throws BadLineException {
    try {
      if (SECONDS.matcher(text).matches()) {
        return new BigDecimal(text)
            .movePointRight(NANO_DIGITS)
            .setScale(0, RoundingMode.HALF_EVEN)
            .longValueExact();
      }
      if (DECIMAL.matcher(text).matches() && Math.abs(Double.parseDouble(text)) < 9e9) {
        return Math.round(Double.parseDouble(text) * NANOS_PER_SECOND);
      }
      Instant time = instant(text.replace(' ', 'T'));
      return Math.addExact(
          Math.multiplyExact(time.getEpochSecond(), NANOS_PER_SECOND), time.getNano());
    } catch (ArithmeticException | DateTimeException e) {
      throw new BadLineException(
          "expected seconds since 1970 or a time such as 2026-11-20T10:15:30Z but found "
              + shown(text));
    }
  }

  /** A double so that reading it gives the same bits, except for those of a NaN. */
  static String toText(double value) {
    return Double.toString(value);
  }

  /** Foreign text in a message: short, and without what steers a terminal. */
  static String shown(String text) {
    String cut = text.length() <= 40 ? text : text.substring(0, 40) + "...";
    StringBuilder safe = new StringBuilder("'");
    for (int i = 0; i < cut.length(); i++) {
      char character = cut.charAt(i);
      safe.append(Character.isISOControl(character) ? '?' : character);
    }
    return safe.append('\'').toString();
  }

  private static Instant instant(String text) {
    boolean zoned = text.endsWith("Z") || text.matches(".*T.*[+-]\\d\\d:?\\d\\d");
    return zoned
        ? OffsetDateTime.parse(text).toInstant()
        : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
  }

  private static boolean isSpecial(String text) {
    return text.length() <= "-infinity".length() && !Double.isFinite(specialOr0(text));
  }

  private static double special(String text) {
    return specialOr0(text);
  }

  private static double specialOr0(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "nan" -> Double.NaN;
      case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
      case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
      default -> 0;
    };
  }
}
