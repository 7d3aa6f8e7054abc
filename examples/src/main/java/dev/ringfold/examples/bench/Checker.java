// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

/**
 * Checks that what is read back is what was published: every field of every event, each producer's
 * order, and the count. Producer {@code p} of {@code n} publishes the events {@code [p * events /
 * n, (p + 1) * events / n)}. Used by one thread.
 */
final class Checker {
  private final long seed;
  private final long events;
  private final int producers;
  private final long[] counts;
  private final long[] hashes;
  private long count;

  Checker(long seed, long events, int producers) {
    this.seed = seed;
    this.events = events;
    this.producers = producers;
    this.counts = new long[producers];
    this.hashes = new long[producers];
  }

  /** First event of producer {@code producer}. */
  static long firstOf(int producer, int producers, long events) {
    return events * producer / producers;
  }

  /** How many events are expected. */
  long events() {
    return events;
  }

  /** Takes one event that was read back. */
  void accept(BenchEvent event) {
    int producer = producers == 1 ? 0 : producerOf(event.step);
    hashes[producer] = next(hashes[producer], event.hash());
    counts[producer]++;
    count++;
  }

  /** Whether as many events were taken as are expected. */
  boolean isComplete() {
    return count >= events;
  }

  /** How many events were taken. */
  long count() {
    return count;
  }

  /**
   * Compares with what was published.
   *
   * @throws VerificationException when the count, the order or any field differs
   */
  void verify() {
    BenchEvent event = new BenchEvent();
    for (int p = 0; p < producers; p++) {
      long first = firstOf(p, producers, events);
      long end = firstOf(p + 1, producers, events);
      if (counts[p] != end - first) {
        throw new VerificationException(
            "producer "
                + p
                + " published "
                + (end - first)
                + " events but "
                + counts[p]
                + " were read");
      }
      long hash = 0;
      for (long i = first; i < end; i++) {
        event.fill(seed, i);
        hash = next(hash, event.hash());
      }
      if (hash != hashes[p]) {
        throw new VerificationException(
            "events of producer "
                + p
                + " differ from what was published: content hash "
                + Long.toHexString(hash)
                + " expected, "
                + Long.toHexString(hashes[p])
                + " read");
      }
    }
  }

  private int producerOf(long step) {
    int producer = 0;
    while (producer < producers - 1 && step >= firstOf(producer + 1, producers, events)) {
      producer++;
    }
    return producer;
  }

  private static long next(long hash, long event) {
    return Long.rotateLeft(hash, 7) + event;
  }

  /** What was read back is not what was published. */
  static final class VerificationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    VerificationException(String message) {
      super(message);
    }
  }
}
