// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

/** What a column holds. */
public enum ColumnType {
  /** 32-bit integers. */
  INT32(1),
  /** 64-bit integers. */
  INT64(2),
  /** IEEE 754 double precision; NaN, infinities and the sign of zero survive. */
  DOUBLE(3),
  /** True or false. */
  BOOLEAN(4),
  /** UTF-8 text. */
  STRING(5);

  private final int code;

  ColumnType(int code) {
    this.code = code;
  }

  /** The type's number in the row hash; never changes. */
  int code() {
    return code;
  }
}
