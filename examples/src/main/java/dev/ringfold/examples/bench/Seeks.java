// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/** How long it takes to reach and read the event with a random number. */
final class Seeks {
  private static final long HIGHEST_NANOS = 60_000_000_000L;
  private static final int DIGITS = 3;

  /** At most one in this many events may be the store's own, such as a mark in its ledger. */
  private static final long MOST_OTHERS = 10;

  private Seeks() {}

  /** Arguments: events, seeks, seed. Figures: p50, p99, max, in nanoseconds. */
  static Figures run(Peer peer, Path directory, Call call) throws Exception {
    Peer.Seeking seeking = Capability.of(peer, Peer.Seeking.class);
    long events = call.get("events");
    long seed = call.get("seed");
    Path store = Files.createDirectory(directory.resolve("store"));
    Checker unused = new Checker(seed, events, 1);
    try (Peer.Store open = peer.create(store, new Peer.StoreOptions(events, 1, unused))) {
      Ingest.publishAll(open, seed, events, 1);
      open.awaitStored(events);
    }
    Histogram nanos = new Histogram(HIGHEST_NANOS, DIGITS);
    try (Peer.Seeker seeker = seeking.seeker(store)) {
      // The second pass counts; the first one compiles the code.
      measure(seeker, call, seed, new Histogram(HIGHEST_NANOS, DIGITS));
      measure(seeker, call, seed + 1, nanos);
    }
    return new Figures()
        .put("p50", nanos.getValueAtPercentile(50))
        .put("p99", nanos.getValueAtPercentile(99))
        .put("max", nanos.getMaxValue());
  }

  private static void measure(Peer.Seeker seeker, Call call, long randomSeed, Histogram nanos)
      throws IOException {
    long events = call.get("events");
    long seeks = call.get("seeks");
    long seed = call.get("seed");
    SplittableRandom random = new SplittableRandom(randomSeed);
    BenchEvent found = new BenchEvent();
    BenchEvent expected = new BenchEvent();
    long others = 0;
    for (long n = 0; n < seeks; n++) {
      long sequence = random.nextLong(events);
      long start = System.nanoTime();
      boolean ours = seeker.read(sequence, found);
      nanos.recordValue(Math.min(System.nanoTime() - start, HIGHEST_NANOS));
      if (ours) {
        verify(sequence, seed, found, expected);
      } else {
        others++;
      }
    }
    if (others > seeks / MOST_OTHERS) {
      throw new Checker.VerificationException(
          others + " of " + seeks + " sequences were not the benchmark's events");
    }
  }

  /** A store's own events shift ours: the number in the event tells what must be in it. */
  private static void verify(long sequence, long seed, BenchEvent found, BenchEvent expected) {
    expected.fill(seed, found.step);
    if (found.hash() != expected.hash()) {
      throw new Checker.VerificationException(
          "asked for event " + sequence + " but read a changed event with step " + found.step);
    }
  }
}
