// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

/** How the pages of a Parquet file are compressed. Every one is read by DuckDB and Spark. */
public enum Compression {
  /** Zstandard; the default, at level 1. */
  ZSTD,
  /** Deflate in a gzip frame; the default of the seed facades. Five times the CPU of zstd. */
  GZIP,
  /** Snappy: the least CPU. */
  SNAPPY,
  /** LZ4 blocks without a frame. */
  LZ4_RAW,
  /** No compression. */
  NONE
}
