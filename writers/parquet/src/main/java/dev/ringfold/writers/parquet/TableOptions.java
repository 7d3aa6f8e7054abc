// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How a table is written. What it says is part of the journal: the owner of a log publishes it as a
 * {@code ProjectionConfigured}, and the table changes at that event, so that a rebuild writes the
 * same parts. Immutable and thread-safe.
 *
 * @param compression how pages are compressed
 * @param level of the codec: zstd 1 to 19, gzip 1 to 9, else 0
 * @param flush when rows become visible before they are sealed
 * @param sealAfterNanos a part is sealed when its first row is so old, in log time
 * @param partRows a part is sealed when it has so many rows, 1 to {@link #MAX_PART_ROWS}
 * @param partition how parts are laid out in directories
 * @param openPart whether rows are visible before they are sealed; without it there are only
 *     immutable files, as Spark on HDFS likes them
 * @param profile encodings of doubles
 * @param maxColumns most columns; a row that would add one above it is put aside
 */
public record TableOptions(
    Compression compression,
    int level,
    FlushPolicy flush,
    long sealAfterNanos,
    int partRows,
    Partition partition,
    boolean openPart,
    Profile profile,
    int maxColumns) {
  /** Most rows of a part. */
  public static final int MAX_PART_ROWS = 131_072;

  /** Most columns of a table. */
  public static final int MAX_COLUMNS = 4_096;

  /** Least {@link #maxColumns}: those every table has, and some. */
  public static final int MIN_COLUMNS = 32;

  /*
   * One flush per interval writes at most 10 bytes for each byte sealed even if the part does not
   * grow, and 5.5 when it grows steadily; the rest is for flushes asked for by count.
   */
  private static final int FLUSHES_PER_PART = 10;

  private static final long MIN_SEAL_AFTER_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long MAX_SEAL_AFTER_NANOS = Duration.ofDays(1).toNanos();
  private static final int ZSTD_LEVEL_MAX = 19;
  private static final int GZIP_LEVEL = 6;
  private static final int GZIP_LEVEL_MAX = 9;

  private static final TableOptions DEFAULTS =
      new TableOptions(
          Compression.ZSTD,
          1,
          FlushPolicy.DEFAULT,
          sealAfter(FlushPolicy.DEFAULT),
          MAX_PART_ROWS,
          Partition.NONE,
          true,
          Profile.DEFAULT,
          MAX_COLUMNS);

  /** Checks the ranges. */
  public TableOptions {
    checkRange("level", level, minLevel(compression), maxLevel(compression));
    checkRange("sealAfterNanos", sealAfterNanos, MIN_SEAL_AFTER_NANOS, MAX_SEAL_AFTER_NANOS);
    checkRange("partRows", partRows, 1, MAX_PART_ROWS);
    checkRange("maxColumns", maxColumns, MIN_COLUMNS, MAX_COLUMNS);
  }

  /** What a table is written with until the journal says otherwise. */
  public static TableOptions defaults() {
    return DEFAULTS;
  }

  /** The same with another codec, at its usual level. */
  public TableOptions withCompression(Compression codec) {
    return withCompression(codec, defaultLevel(codec));
  }

  /** The same with another codec and level. */
  public TableOptions withCompression(Compression codec, int codecLevel) {
    return new TableOptions(
        codec,
        codecLevel,
        flush,
        sealAfterNanos,
        partRows,
        partition,
        openPart,
        profile,
        maxColumns);
  }

  /** The same with another flush policy, and parts sealed after 10 of its intervals. */
  public TableOptions withFlush(FlushPolicy policy) {
    return new TableOptions(
        compression,
        level,
        policy,
        sealAfter(policy),
        partRows,
        partition,
        openPart,
        profile,
        maxColumns);
  }

  /** The same with parts sealed after another time, 1 s to 1 day of log time. */
  public TableOptions withSealAfter(Duration age) {
    return new TableOptions(
        compression,
        level,
        flush,
        age.toNanos(),
        partRows,
        partition,
        openPart,
        profile,
        maxColumns);
  }

  /** The same with parts of at most so many rows. */
  public TableOptions withPartRows(int rows) {
    return new TableOptions(
        compression, level, flush, sealAfterNanos, rows, partition, openPart, profile, maxColumns);
  }

  /** The same with other directories. */
  public TableOptions withPartition(Partition directories) {
    return new TableOptions(
        compression,
        level,
        flush,
        sealAfterNanos,
        partRows,
        directories,
        openPart,
        profile,
        maxColumns);
  }

  /** The same with or without rows that are visible before they are sealed. */
  public TableOptions withOpenPart(boolean visible) {
    return new TableOptions(
        compression,
        level,
        flush,
        sealAfterNanos,
        partRows,
        partition,
        visible,
        profile,
        maxColumns);
  }

  /** The same with other encodings of doubles. */
  public TableOptions withProfile(Profile encodings) {
    return new TableOptions(
        compression,
        level,
        flush,
        sealAfterNanos,
        partRows,
        partition,
        openPart,
        encodings,
        maxColumns);
  }

  /** The same with another limit of columns. */
  public TableOptions withMaxColumns(int columns) {
    return new TableOptions(
        compression, level, flush, sealAfterNanos, partRows, partition, openPart, profile, columns);
  }

  /** The one text of these options; {@link #parse} reads it. */
  public String canonical() {
    return "codec="
        + lower(compression)
        + ";level="
        + level
        + ";flushRows="
        + flush.rows()
        + ";flushNanos="
        + flush.nanos()
        + ";sealAfterNanos="
        + sealAfterNanos
        + ";partRows="
        + partRows
        + ";partition="
        + lower(partition)
        + ";openPart="
        + openPart
        + ";profile="
        + lower(profile)
        + ";maxColumns="
        + maxColumns;
  }

  /**
   * Reads {@link #canonical}.
   *
   * @throws IllegalArgumentException when it is anything else
   */
  public static TableOptions parse(String canonical) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String pair : canonical.split(";", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        values.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    TableOptions options;
    try {
      options =
          new TableOptions(
              Compression.valueOf(value(values, "codec").toUpperCase(Locale.ROOT)),
              Integer.parseInt(value(values, "level")),
              new FlushPolicy(
                  Integer.parseInt(value(values, "flushRows")),
                  Long.parseLong(value(values, "flushNanos"))),
              Long.parseLong(value(values, "sealAfterNanos")),
              Integer.parseInt(value(values, "partRows")),
              Partition.valueOf(value(values, "partition").toUpperCase(Locale.ROOT)),
              Boolean.parseBoolean(value(values, "openPart")),
              Profile.valueOf(value(values, "profile").toUpperCase(Locale.ROOT)),
              Integer.parseInt(value(values, "maxColumns")));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Not the options of a table: " + e.getMessage() + " in '" + canonical + "'", e);
    }
    if (!options.canonical().equals(canonical)) {
      throw new IllegalArgumentException(
          "Not the options of a table: expected '"
              + options.canonical()
              + "', found '"
              + canonical
              + "'");
    }
    return options;
  }

  private static String value(Map<String, String> values, String key) {
    String value = values.get(key);
    if (value == null) {
      throw new IllegalArgumentException("no " + key);
    }
    return value;
  }

  private static long sealAfter(FlushPolicy policy) {
    return Math.min(
        MAX_SEAL_AFTER_NANOS, Math.max(MIN_SEAL_AFTER_NANOS, policy.nanos() * FLUSHES_PER_PART));
  }

  private static int defaultLevel(Compression codec) {
    return codec == Compression.GZIP ? GZIP_LEVEL : minLevel(codec);
  }

  private static int minLevel(Compression codec) {
    return codec == Compression.ZSTD || codec == Compression.GZIP ? 1 : 0;
  }

  private static int maxLevel(Compression codec) {
    return switch (codec) {
      case ZSTD -> ZSTD_LEVEL_MAX;
      case GZIP -> GZIP_LEVEL_MAX;
      case SNAPPY, LZ4_RAW, NONE -> 0;
    };
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static void checkRange(String what, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          what + " must be " + min + " to " + max + " but was " + value);
    }
  }
}
