// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Sizes, times and foreign text as people read them. Stateless; any thread. */
final class Quantities {
  private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final int FIRST_PRINTABLE = 0x20;
  private static final int DELETE = 0x7F;
  private static final int LAST_C1_CONTROL = 0x9F;

  private Quantities() {}

  /** For example {@code 1.5 GiB}; exact below 1 KiB. */
  static String bytes(long bytes) {
    if (Math.abs(bytes) < 1024) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    while (Math.abs(value) >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
  }

  /** For example {@code 1.5 s}. */
  static String duration(Duration duration) {
    double seconds = duration.toNanos() / (double) NANOS_PER_SECOND;
    if (seconds < 1e-3) {
      return String.format(Locale.ROOT, "%.0f us", seconds * 1e6);
    }
    return seconds < 1
        ? String.format(Locale.ROOT, "%.1f ms", seconds * 1e3)
        : String.format(Locale.ROOT, "%.1f s", seconds);
  }

  /** Nanoseconds since 1970 as an instant. */
  static Instant instant(long nanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(nanos, NANOS_PER_SECOND), Math.floorMod(nanos, NANOS_PER_SECOND));
  }

  /**
   * Text from a store, fit for a terminal: control characters, with which one could steer it, are
   * written as {@code \}{@code uXXXX}.
   */
  static String printable(String text) {
    StringBuilder safe = null;
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      if (isControl(character) && safe == null) {
        safe = new StringBuilder(text.length() + 16).append(text, 0, i);
      }
      if (safe != null && isControl(character)) {
        safe.append(String.format(Locale.ROOT, "\\u%04x", (int) character));
      } else if (safe != null) {
        safe.append(character);
      }
    }
    return safe == null ? text : safe.toString();
  }

  private static boolean isControl(char character) {
    return character < FIRST_PRINTABLE
        || (character >= DELETE && character <= LAST_C1_CONTROL)
        || (character >= '\u202A' && character <= '\u202E');
  }
}
