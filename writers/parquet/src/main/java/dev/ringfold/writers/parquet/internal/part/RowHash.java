// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.util.HexFormat;

/**
 * A hash of a set of rows (a multiset: a row that is there twice counts twice). It does not depend
 * on the order of the rows, on the order of columns, on columns that are null in all rows, or on
 * how the rows are spread over files: the hash of a table is the sum of the hashes of its parts, so
 * a compaction keeps it. It finds damage and mistakes; it is no protection against somebody who
 * makes rows on purpose.
 *
 * <p>Definition, all arithmetic modulo 2^64. For a column of name n (UTF-8) and type t (1 INT32, 2
 * INT64, 3 DOUBLE, 4 BOOLEAN, 5 STRING): {@code s = mix(fnv(n) + t * C)}. For each non-null cell
 * with value bits v (integers sign-extended; doubles as their raw bits; booleans 0 or 1; texts
 * {@code fnv(utf8)}): {@code m = (v ^ s) * A; m = m ^ (m >>> 32)} and {@code a += m * s'}, {@code b
 * += (m ^ (m >>> 29)) * B} where {@code s' = mix(s) | 1}. For each row: {@code high += mix(a)},
 * {@code low += mix(b + rotateLeft(a, 32))}. {@code mix} is the finaliser of SplitMix64, {@code
 * fnv} is 64-bit FNV-1a followed by {@code mix}; A, B and C are the constants of {@link RowHasher}.
 *
 * @param high sum of the first halves
 * @param low sum of the second halves
 */
public record RowHash(long high, long low) {
  /** The hash of no rows. */
  public static final RowHash NONE = new RowHash(0, 0);

  private static final int HALF_DIGITS = 16;

  /** The hash of the rows of both. */
  public RowHash plus(RowHash other) {
    return new RowHash(high + other.high, low + other.low);
  }

  /**
   * The hash that {@link #toString} printed; anything else is an {@link IllegalArgumentException}.
   */
  public static RowHash parse(String text) {
    if (text.length() != 2 * HALF_DIGITS) {
      throw new IllegalArgumentException(
          "a row hash has 32 hexadecimal digits but was '" + text + "'");
    }
    return new RowHash(
        HexFormat.fromHexDigitsToLong(text, 0, HALF_DIGITS),
        HexFormat.fromHexDigitsToLong(text, HALF_DIGITS, 2 * HALF_DIGITS));
  }

  /** The hash of some rows of a batch. */
  public static RowHash of(ColumnBatch batch, int from, int to) {
    return new RowHasher().hash(batch, from, to);
  }

  /** 32 lower-case hexadecimal digits. */
  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(high) + hex.toHexDigits(low);
  }
}
