// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

/**
 * Which encodings the doubles of a Parquet file get: what every engine reads fast, or fewer bytes.
 */
public enum Profile {
  /** A dictionary where it pays, else plain values. Read by every engine. */
  DEFAULT,
  /**
   * A dictionary where it pays, else the bytes of the values sorted by their place in the value
   * (BYTE_STREAM_SPLIT), and zstd 3. About a quarter smaller and slower to write. DuckDB, pandas
   * and hyparquet read it; the vectorised readers of Spark 4.1 and 4.2 do not.
   */
  COMPACT
}
