// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/** What an 8-byte cell of a metrics row holds. The codes are stored and never change. */
public enum MetricType {
  /** The raw bits of a double. */
  DOUBLE(1),
  /** A signed 64-bit integer. */
  LONG(2),
  /** 1 or 0. */
  BOOLEAN(3),
  /** The id of an interned string. */
  STRING(4);

  private static final MetricType[] VALUES = values();

  private final int code;

  MetricType(int code) {
    this.code = code;
  }

  /** The stored code, 1 to 255. */
  public int code() {
    return code;
  }

  /**
   * The type with this code.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static MetricType ofCode(int code) {
    if (code < 1 || code > VALUES.length) {
      throw new IllegalArgumentException(
          "Unknown metric type: expected a code from 1 to " + VALUES.length + ", found " + code);
    }
    return VALUES[code - 1];
  }
}
