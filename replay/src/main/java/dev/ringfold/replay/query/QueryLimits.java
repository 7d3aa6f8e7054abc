// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.query;

/**
 * What a query may take from the machine, where a training runs.
 *
 * @param memoryBytes of DuckDB
 * @param threads of DuckDB
 */
public record QueryLimits(long memoryBytes, int threads) {
  /** 1 GiB and two threads. */
  public static final QueryLimits DEFAULT = new QueryLimits(1L << 30, 2);

  private static final long LEAST_BYTES = 16L << 20;

  /** Checks both. */
  public QueryLimits {
    if (memoryBytes < LEAST_BYTES || threads < 1) {
      throw new IllegalArgumentException(
          "a query needs at least 16 MiB and one thread but was given "
              + memoryBytes
              + " bytes and "
              + threads);
    }
  }
}
