// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

/**
 * How much is measured. Every bound of the benchmark is here.
 *
 * @param quick whether the numbers are no measurement
 * @param rounds counted rounds
 * @param slowRounds counted rounds of the rows that take a fresh JVM or a fixed time each
 * @param warmups rounds before them that do not count
 * @param events published per round of ingest, replay and bytes, one or two producers
 * @param storedEvents events in the log for seek and for opening after a crash
 * @param trickleEvents events written one a frame
 * @param sustainSeconds how long publishing goes on past the page cache's dirty limit
 * @param offerMillis how long the paced loop runs
 * @param diskMillis how long one caller waits for the disk
 * @param seeks random reads per round
 * @param idleSettleSeconds before the idle CPU time counts
 * @param idleSeconds of idle CPU time
 */
record Scale(
    boolean quick,
    int rounds,
    int slowRounds,
    int warmups,
    long events,
    long storedEvents,
    long trickleEvents,
    int sustainSeconds,
    int offerMillis,
    int diskMillis,
    int seeks,
    int idleSettleSeconds,
    int idleSeconds)
    implements TableScale {
  /** Events per second of the paced loop. */
  static final long OFFER_RATE = 200_000;

  /** Callers' events in flight in the row with many of them. */
  static final int OUTSTANDING = 64;

  /** Tailers of the idle log. */
  static final int TAILERS = 3;

  /** Events that the tailers of the idle log have read before it is idle. */
  static final long IDLE_EVENTS = 10_000;

  private static final long MOST_ACKS_PER_MILLI = 1_000;

  /** Upper bound of the bytes that any peer needs for one event. */
  static final long BYTES_PER_EVENT = 200;

  /** Space that is left alone. */
  static final long SPARE_BYTES = 2L << 30;

  /** The seed of every payload. */
  static final long SEED = 20_240_229;

  /** Most events with a forced store; bounds what is preallocated. */
  long forcedEvents() {
    return diskMillis * MOST_ACKS_PER_MILLI;
  }

  @Override
  public Rounds.Turns turns() {
    return new Rounds.Turns(warmups, rounds, slowRounds);
  }

  /** What the targets are about. */
  static Scale full(int rounds) {
    return new Scale(
        false,
        rounds,
        rounds,
        1,
        20_000_000,
        10_000_000,
        200_000,
        30,
        10_000,
        5_000,
        20_000,
        10,
        20);
  }

  /** Only to see that everything works. */
  static Scale quick(int rounds) {
    return new Scale(true, rounds, 1, 1, 200_000, 200_000, 500, 1, 200, 200, 500, 1, 1);
  }
}
