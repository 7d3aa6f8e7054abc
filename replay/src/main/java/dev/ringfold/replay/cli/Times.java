// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times and durations as they are given on the command line. Stateless. */
final class Times {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private Times() {}

  /**
   * An instant with its zone ({@code 2026-11-20T10:15:30Z}), a day in UTC, or a duration back from
   * now.
   */
  static Instant parse(
      String text, Clock clock, Function<String, ? extends RuntimeException> wrong) {
    if (DURATION.matcher(text).matches()) {
      return clock.instant().minus(duration(text, wrong));
    }
    try {
      return text.length() == "2026-11-20".length()
          ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
          : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw wrong.apply(
          "'"
              + text
              + "' is not a time; write 2026-11-20T10:15:30Z, 2026-11-20 (UTC), or 10m for ten"
              + " minutes ago");
    }
  }

  /** Nanoseconds since 1970; the ends of that range for what lies beyond it. */
  static long nanos(Instant time) {
    long seconds = TimeUnit.SECONDS.toNanos(time.getEpochSecond());
    boolean outside = seconds == Long.MIN_VALUE || seconds > Long.MAX_VALUE - NANOS_PER_SECOND;
    return outside ? seconds : seconds + time.getNano();
  }

  /** A whole number and {@code ms}, {@code s}, {@code m}, {@code h} or {@code d}. */
  static Duration duration(String text, Function<String, ? extends RuntimeException> wrong) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw wrong.apply("'" + text + "' is not a duration; write for example 500ms, 10m or 30d");
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }
}
