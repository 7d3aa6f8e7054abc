// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What makes the bytes of a chunk smaller. */
public enum Compressor {
  /** Nothing: the bytes as they are; its level is 0. */
  NONE(0, 0, 0, 0),
  /** Zstandard, a plain frame; levels 1 to 22. */
  ZSTD(1, 1, 22, 3),
  /** A gzip stream without a name or a time; levels 1 to 9. */
  GZIP(2, 1, 9, 6),
  /** An LZ4 block after its length, as numcodecs writes it; its level is 1. */
  LZ4(3, 1, 1, 1);

  private final int code;
  private final int minLevel;
  private final int maxLevel;
  private final int defaultLevel;

  Compressor(int code, int minLevel, int maxLevel, int defaultLevel) {
    this.code = code;
    this.minLevel = minLevel;
    this.maxLevel = maxLevel;
    this.defaultLevel = defaultLevel;
  }

  /** What stands for it in our own files; never changes. */
  public int code() {
    return code;
  }

  /** Its name in lower case, as in Zarr: {@code none zstd gzip lz4}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The lowest level. */
  public int minLevel() {
    return minLevel;
  }

  /** The highest level. */
  public int maxLevel() {
    return maxLevel;
  }

  /** The level when none is named. */
  public int defaultLevel() {
    return defaultLevel;
  }

  /**
   * The one with this {@link #id}, in any case.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static Compressor of(String id) {
    String wanted = id.toLowerCase(Locale.ROOT);
    for (Compressor one : values()) {
      if (one.id().equals(wanted)) {
        return one;
      }
    }
    List<Compressor> all = Arrays.asList(values());
    throw new IllegalArgumentException(
        "There is no compressor '"
            + id
            + "'; known are "
            + all.stream().map(Compressor::id).collect(Collectors.joining(", ")));
  }

  /**
   * The one with this {@link #code}.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static Compressor ofCode(int code) {
    for (Compressor one : values()) {
      if (one.code == code) {
        return one;
      }
    }
    throw new IllegalArgumentException(
        "No compressor has the code " + code + "; known are 0 to " + (values().length - 1));
  }
}
