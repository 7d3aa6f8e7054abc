// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

/**
 * How much {@code bench replay} measures. Every bound of it is here.
 *
 * @param quick whether the numbers are no measurement
 * @param rounds counted rounds
 * @param warmups rounds before them that do not count
 * @param events in the logs that are replayed and forked
 * @param rows of metrics in the logs that are rebuilt, looked at, reopened and backed up
 * @param checkpoints among these rows
 * @param views looked at, per round
 * @param forks made, per round
 */
record ReplayScale(
    boolean quick,
    int rounds,
    int warmups,
    long events,
    long rows,
    int checkpoints,
    int views,
    int forks)
    implements TableScale {
  /** The seed of everything. */
  static final long SEED = 20_240_229;

  /** Upper bound of the bytes that a row needs in journal, table, index and backup together. */
  static final long BYTES_PER_ROW = 1_200;

  /** What is looked at in stores of their own takes its time. */
  private static final int MOST_SLOW_ROUNDS = 3;

  @Override
  public Rounds.Turns turns() {
    return new Rounds.Turns(warmups, rounds, Math.min(rounds, MOST_SLOW_ROUNDS));
  }

  /** What the targets are about: 10 M events, 1 GB. */
  static ReplayScale full(int rounds) {
    return new ReplayScale(false, rounds, 1, 10_000_000, 10_000_000, 20, 40, 20);
  }

  /** Only to see that everything works. */
  static ReplayScale quick(int rounds) {
    return new ReplayScale(true, rounds, 0, 100_000, 60_000, 3, 4, 3);
  }
}
