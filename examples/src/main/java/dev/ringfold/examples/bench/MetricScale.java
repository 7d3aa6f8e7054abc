// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

/**
 * How much {@code bench metrics} measures. Every bound of it is here.
 *
 * @param quick whether the numbers are no measurement
 * @param rounds counted rounds
 * @param slowRounds counted rounds of the rows that take a fixed time each
 * @param warmups rounds before them that do not count
 * @param rows written to files per round
 * @param streamSeconds how long rows are offered end to end
 * @param openPartSeconds how long rows are offered at each pace
 * @param slowDiskSeconds how long rows are offered while the table's disk is slow
 * @param slowRate rows a second meanwhile
 * @param slowCommitMillis what every commit of that table waits
 * @param heapRows rows stored and rebuilt with a small heap
 * @param trainingPairs blocks with and without logging, per round
 * @param trainingBlockMillis how long a block takes
 * @param visibilitySeconds how long rows are offered while a reader looks for them
 */
record MetricScale(
    boolean quick,
    int rounds,
    int slowRounds,
    int warmups,
    long rows,
    int streamSeconds,
    int openPartSeconds,
    int slowDiskSeconds,
    long slowRate,
    int slowCommitMillis,
    long heapRows,
    int trainingPairs,
    int trainingBlockMillis,
    int visibilitySeconds)
    implements TableScale {
  /** The seed of every row. */
  static final long SEED = 20_240_229;

  /** Upper bound of the bytes that anybody needs for one row in files. */
  static final long FILE_BYTES_PER_ROW = 250;

  /** Upper bound of the bytes of a row in the journal and in the table. */
  static final long STORED_BYTES_PER_ROW = 300;

  /** Upper bound of the rows that a second of an unpaced stream brings. */
  static final long STREAM_ROWS_PER_SECOND = 3_000_000;

  /** Rows a second at which the open part is looked at. */
  static final long[] OPEN_PART_RATES = {100, 2_000, 20_000, 200_000};

  /** Rows a second that a reader looks for. */
  static final long VISIBILITY_RATE = 1_000;

  private static final int MOST_SLOW_ROUNDS = 2;

  @Override
  public Rounds.Turns turns() {
    return new Rounds.Turns(warmups, rounds, slowRounds);
  }

  /** What the targets are about. */
  static MetricScale full(int rounds) {
    return new MetricScale(
        false,
        rounds,
        Math.min(rounds, MOST_SLOW_ROUNDS),
        1,
        2_000_000,
        60,
        60,
        30,
        1_000_000,
        2_000,
        22_000_000,
        60,
        1_000,
        60);
  }

  /** Only to see that everything works. */
  static MetricScale quick(int rounds) {
    return new MetricScale(true, rounds, 1, 0, 30_000, 1, 1, 1, 50_000, 200, 100_000, 5, 20, 2);
  }
}
