// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;

/**
 * How long the call takes that hands one event over, at a fixed rate. The loop is open: event
 * {@code k} is due at {@code start + k / rate} whatever became of the ones before it, and the
 * response time from that instant is recorded beside the duration of the call. Nothing is
 * subtracted.
 */
final class OfferLatency {
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final long MILLIS_PER_SECOND = 1_000;
  private static final long HIGHEST_NANOS = 60 * SECOND_NANOS;
  private static final int DIGITS = 3;
  private static final int CLOCK_CALLS = 1_000_000;

  private OfferLatency() {}

  /**
   * Arguments: millis, rate (events per second), seed. Figures: p50, p99, p999, max of the call,
   * response50, response99, response999, responseMax, refused (a full ring), clockNanos (cost of
   * one {@code nanoTime}).
   */
  static Figures run(Peer peer, Path directory, Call call) throws Exception {
    long rate = call.get("rate");
    long events = call.get("millis") * rate / MILLIS_PER_SECOND;
    long seed = call.get("seed");
    Path store = Files.createDirectory(directory.resolve("store"));
    Checker inFlight = new Checker(seed, events, 1);
    Histogram service = new Histogram(HIGHEST_NANOS, DIGITS);
    Histogram response = new Histogram(HIGHEST_NANOS, DIGITS);
    long refused;
    try (Peer.Store open = peer.create(store, new Peer.StoreOptions(events, 1, inFlight))) {
      refused = pace(open.publisher(0), seed, events, rate, service, response);
      open.awaitStored(events - refused);
    }
    verify(peer, store, seed, events, refused, inFlight);
    Figures figures = new Figures();
    percentiles(figures, "p", "max", service);
    percentiles(figures, "response", "responseMax", response);
    return figures.put("refused", refused).put("clockNanos", clockNanos());
  }

  private static long pace(
      Peer.Publisher publisher,
      long seed,
      long events,
      long rate,
      Histogram service,
      Histogram response)
      throws IOException {
    BenchEvent event = new BenchEvent();
    long refused = 0;
    long start = System.nanoTime();
    for (long i = 0; i < events; i++) {
      event.fill(seed, i);
      long due = start + i * SECOND_NANOS / rate;
      long before = System.nanoTime();
      while (before < due) {
        Thread.onSpinWait();
        before = System.nanoTime();
      }
      boolean taken = publisher.offer(event);
      long after = System.nanoTime();
      if (!taken) {
        refused++;
      }
      service.recordValue(Math.min(after - before, HIGHEST_NANOS));
      response.recordValue(Math.min(after - due, HIGHEST_NANOS));
    }
    return refused;
  }

  private static void verify(
      Peer peer, Path store, long seed, long events, long refused, Checker inFlight)
      throws IOException {
    if (refused > 0) {
      return; // The figure is reported; which events are missing is the ring's choice.
    }
    if (!peer.stores()) {
      inFlight.verify();
      return;
    }
    Checker checker = new Checker(seed, events, 1);
    peer.replay(store, checker);
    checker.verify();
  }

  private static void percentiles(Figures figures, String prefix, String max, Histogram histogram) {
    figures
        .put(prefix + "50", histogram.getValueAtPercentile(50))
        .put(prefix + "99", histogram.getValueAtPercentile(99))
        .put(prefix + "999", histogram.getValueAtPercentile(99.9))
        .put(max, histogram.getMaxValue());
  }

  private static double clockNanos() {
    long start = System.nanoTime();
    long last = start;
    for (int i = 0; i < CLOCK_CALLS; i++) {
      last = System.nanoTime();
    }
    return (double) (last - start) / CLOCK_CALLS;
  }
}
