// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.writers.checkpoint.format.FormatException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;

/** Times of states in text: ISO 8601, UTC, three digits of a second. */
public final class StateTimes {
  private static final DateTimeFormatter OURS =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  private static final DateTimeFormatter ANY =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
          .optionalStart()
          .appendOffsetId()
          .toFormatter(Locale.ROOT);

  private static final int MAX_LENGTH = 64;
  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999Z");

  private StateTimes() {}

  /** Such as {@code 2025-06-30T12:34:56.789Z}. */
  public static String format(Instant time) {
    return OURS.format(time.truncatedTo(ChronoUnit.MILLIS));
  }

  /**
   * Reads ISO 8601 with or without an offset; without one it is UTC. Cut to milliseconds.
   *
   * @param where file and part, for the message
   * @throws FormatException when it is no time of the years 1 to 9999
   */
  public static Instant parse(String text, String where) {
    if (text.length() <= MAX_LENGTH) {
      try {
        TemporalAccessor parsed = ANY.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
        Instant time =
            parsed instanceof OffsetDateTime offsetDateTime
                ? offsetDateTime.toInstant()
                : ((LocalDateTime) parsed).toInstant(ZoneOffset.UTC);
        return checked(time.truncatedTo(ChronoUnit.MILLIS), where);
      } catch (DateTimeException e) {
        throw refused(text, where, e);
      }
    }
    throw refused(text.substring(0, MAX_LENGTH) + "…", where, null);
  }

  /** The time of seconds since 1970, with a fraction. */
  public static Instant ofSeconds(double seconds, String where) {
    if (Math.abs(seconds) < 1e12) {
      return checked(Instant.ofEpochMilli((long) Math.floor(seconds * 1_000)), where);
    }
    throw refused(Double.toString(seconds), where, null);
  }

  private static Instant checked(Instant time, String where) {
    if (time.isBefore(FIRST) || time.isAfter(LAST)) {
      throw refused(time.toString(), where, null);
    }
    return time;
  }

  private static FormatException refused(
      String found, String where, @org.jspecify.annotations.Nullable Throwable cause) {
    return new FormatException(
        where + ": expected a time such as 2025-06-30T12:34:56.789Z but found '" + found + "'",
        cause);
  }
}
