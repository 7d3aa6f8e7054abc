// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Every configuration key of a log with its unit, default and range. The same key is written {@code
 * ring-slots} in YAML and builders' maps and {@code RINGFOLD_RING_SLOTS} in the environment.
 */
public enum LogOption {
  /**
   * Slots of the ring, a power of two; 65,536 slots of 128 bytes are 8 MiB, and 3 MiB of objects.
   */
  RING_SLOTS("ring-slots", Kind.POWER_OF_TWO, "65536", 1_024, 1 << 22),
  /** A segment is closed and a new one begun when it has grown to this many bytes. */
  SEGMENT_BYTES("segment-bytes", Kind.BYTES, "256MiB", 1 << 20, 1L << 30),
  /** A segment is closed when it has become this old (log time) and holds events; 0 = never. */
  SEGMENT_AGE("segment-age", Kind.DURATION, "24h", 0, Duration.ofDays(3650).toNanos()),
  /** Chronicle maps the segment file in blocks of this size. */
  BLOCK_BYTES("block-bytes", Kind.BYTES, "64MiB", 64 << 10, 1L << 30),
  /** Unforced bytes are forced at the latest after this time, waiter or not. */
  FORCE_INTERVAL("force-interval", Kind.DURATION, "1s", 1_000_000, Duration.ofHours(1).toNanos()),
  /** Unforced bytes are forced when there are this many, waiter or not. */
  FORCE_BYTES("force-bytes", Kind.BYTES, "64MiB", 64 << 10, 1L << 32),
  /** How long a REQUIRED event waits for room in the ring. */
  REQUIRED_TIMEOUT("required-timeout", Kind.DURATION, "10s", 0, Duration.ofHours(1).toNanos()),
  /** Most REQUIRED events that wait for an acknowledgement at one time. */
  MAX_OUTSTANDING("max-outstanding", Kind.COUNT, "65536", 1, 1 << 22),
  /**
   * Below this many usable bytes LOSSY events are dropped and declared; 0 = a tenth of the disk.
   */
  LOW_SPACE_BYTES("low-space-bytes", Kind.BYTES, "0", 0, 1L << 50),
  /** Below this many usable bytes REQUIRED events are refused; 0 = a twentieth of the disk. */
  FULL_SPACE_BYTES("full-space-bytes", Kind.BYTES, "0", 0, 1L << 50),
  /** Always allocated ahead and kept for the log's own facts. */
  RESERVE_BYTES("reserve-bytes", Kind.BYTES, "8MiB", 256 << 10, 1L << 30),
  /** How many of the newest idempotency keys are remembered in memory. */
  KEY_WINDOW("key-window", Kind.COUNT, "1048576", 16, 1 << 24),
  /** Silence in which no ledger mark is written; with traffic there is one mark in this time. */
  LEDGER_INTERVAL("ledger-interval", Kind.DURATION, "1s", 1_000_000, Duration.ofHours(1).toNanos()),
  /** How long close() waits for the ring to drain. */
  CLOSE_TIMEOUT("close-timeout", Kind.DURATION, "30s", 0, Duration.ofHours(1).toNanos()),
  /** How long retention waits for a reader's lease before it gives up on its segment. */
  LEASE_GRACE("lease-grace", Kind.DURATION, "60s", 0, Duration.ofDays(1).toNanos()),
  /** Segments that are older than this (log time) are deleted by the log itself; 0 = none. */
  RETENTION_AGE("retention-age", Kind.DURATION, "0s", 0, Duration.ofDays(36_500).toNanos()),
  /** While the journal has more bytes than this, its oldest segments are deleted; 0 = none. */
  RETENTION_BYTES("retention-bytes", Kind.BYTES, "0", 0, 1L << 60),
  /** Only segments below this many newest checkpoints are deleted by these; 0 = any. */
  RETENTION_CHECKPOINTS("retention-checkpoints", Kind.COUNT, "0", 0, 1_000_000),
  /** Open a store whose last force failed although it cannot be read past the page cache. */
  ACCEPT_UNVERIFIED("accept-unverified", Kind.FLAG, "false", 0, 1);

  enum Kind {
    COUNT,
    POWER_OF_TWO,
    BYTES,
    DURATION,
    FLAG
  }

  private static final long MAX_CANDIDATE_DISTANCE = 1_000;

  private final String key;
  private final Kind kind;
  private final String defaultText;
  private final long min;
  private final long max;

  LogOption(String key, Kind kind, String defaultText, long min, long max) {
    this.key = key;
    this.kind = kind;
    this.defaultText = defaultText;
    this.min = min;
    this.max = max;
  }

  /** The key in configuration maps and YAML files, for example {@code ring-slots}. */
  public String key() {
    return key;
  }

  /** The name of the environment variable, for example {@code RINGFOLD_RING_SLOTS}. */
  public String environmentName() {
    return "RINGFOLD_" + key.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  /** The default as it would be written in a file. */
  public String defaultText() {
    return defaultText;
  }

  /** The option with this key. An unknown key is an error that names the nearest known one. */
  public static LogOption forKey(String key, String source) {
    for (LogOption option : values()) {
      if (option.key.equals(key)) {
        return option;
      }
    }
    throw unknown(key, source, Arrays.stream(values()).map(LogOption::key).toList());
  }

  static LogOption forEnvironmentName(String name) {
    for (LogOption option : values()) {
      if (option.environmentName().equals(name)) {
        return option;
      }
    }
    throw unknown(
        name, "the environment", Arrays.stream(values()).map(LogOption::environmentName).toList());
  }

  private static ConfigurationException unknown(String key, String source, List<String> known) {
    String nearest = known.get(0);
    long best = MAX_CANDIDATE_DISTANCE;
    for (String candidate : known) {
      long distance = EditDistance.between(key, candidate);
      if (distance < best) {
        best = distance;
        nearest = candidate;
      }
    }
    return new ConfigurationException(
        "Unknown configuration key '"
            + key
            + "' in "
            + source
            + "; did you mean '"
            + nearest
            + "'? Known keys: "
            + String.join(", ", known));
  }

  long defaultValue() {
    return parse(defaultText, "the defaults");
  }

  /** Parses and checks a value: counts, bytes with KiB/MiB/GiB, durations with ns/us/ms/s/m/h/d. */
  long parse(String text, String source) {
    long value;
    try {
      value =
          switch (kind) {
            case COUNT, POWER_OF_TWO -> Long.parseLong(text.trim());
            case BYTES -> parseBytes(text.trim());
            case DURATION -> parseDuration(text.trim());
            case FLAG -> parseFlag(text.trim());
          };
    } catch (NumberFormatException | ArithmeticException e) {
      throw new ConfigurationException(
          "'" + key + "' in " + source + " is '" + text + "', which is not " + description(), e);
    }
    return check(value, source);
  }

  long check(long value, String source) {
    boolean fits = value >= min && value <= max;
    if (kind == Kind.POWER_OF_TWO && fits && Long.bitCount(value) != 1) {
      throw new ConfigurationException(
          "'"
              + key
              + "' in "
              + source
              + " must be a power of two but was "
              + value
              + "; try "
              + Long.highestOneBit(value) * 2);
    }
    if (!fits) {
      throw new ConfigurationException(
          "'"
              + key
              + "' in "
              + source
              + " must be between "
              + min
              + " and "
              + max
              + unit()
              + " but was "
              + value);
    }
    return value;
  }

  private String unit() {
    return switch (kind) {
      case BYTES -> " bytes";
      case DURATION -> " ns";
      default -> "";
    };
  }

  private String description() {
    return switch (kind) {
      case COUNT, POWER_OF_TWO -> "a whole number";
      case BYTES -> "a size such as 256MiB";
      case DURATION -> "a duration such as 500ms, 10s or 24h";
      case FLAG -> "true or false";
    };
  }

  private static long parseFlag(String text) {
    if (text.equals("true")) {
      return 1;
    }
    if (text.equals("false")) {
      return 0;
    }
    throw new NumberFormatException(text);
  }

  private static long parseBytes(String text) {
    return scaled(
        text,
        new String[] {"GiB", "MiB", "KiB", "B"},
        new long[] {1L << 30, 1L << 20, 1L << 10, 1L});
  }

  private static long parseDuration(String text) {
    return scaled(
        text,
        new String[] {"ns", "us", "ms", "s", "m", "h", "d"},
        new long[] {
          1L,
          1_000L,
          1_000_000L,
          1_000_000_000L,
          60_000_000_000L,
          3_600_000_000_000L,
          86_400_000_000_000L
        });
  }

  private static long scaled(String text, String[] suffixes, long[] factors) {
    for (int i = 0; i < suffixes.length; i++) {
      if (text.endsWith(suffixes[i])) {
        String number = text.substring(0, text.length() - suffixes[i].length()).trim();
        return Math.multiplyExact(Long.parseLong(number), factors[i]);
      }
    }
    return Long.parseLong(text);
  }
}
