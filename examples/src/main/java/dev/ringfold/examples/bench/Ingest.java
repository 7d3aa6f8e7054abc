// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Publishes events as fast as the peer takes them, then reads everything back and checks it. */
final class Ingest {
  private static final int SPINS_BEFORE_YIELD = 64;

  /** How many events pass between two looks at the clock while publishing for a time. */
  private static final int CLOCK_STRIDE = 256;

  private Ingest() {}

  /**
   * Arguments: events, producers, seed. Figures: publishNanos (the producers' own time),
   * storedNanos (until the last event is stored), replayNanos, bytes (allocated blocks after
   * close).
   */
  static Figures count(Peer peer, Path directory, Call call) throws Exception {
    long events = call.get("events");
    long seed = call.get("seed");
    int producers = call.getInt("producers");
    Path store = Files.createDirectory(directory.resolve("store"));
    Checker inFlight = new Checker(seed, events, producers);
    Figures figures = new Figures();
    try (Peer.Store open = peer.create(store, new Peer.StoreOptions(events, producers, inFlight))) {
      long start = System.nanoTime();
      publishAll(open, seed, events, producers);
      long published = System.nanoTime();
      open.awaitStored(events);
      long stored = System.nanoTime();
      figures.put("publishNanos", published - start).put("storedNanos", stored - start);
    }
    return checkAndReplay(peer, store, seed, events, producers, inFlight, figures);
  }

  /**
   * Arguments: seconds, maxEvents, seed, check (0 or 1). Figures: events, storedNanos,
   * slowestSecond (events published in the slowest second), replayNanos, bytes.
   */
  static Figures sustain(Peer peer, Path directory, Call call) throws Exception {
    long seed = call.get("seed");
    long maxEvents = call.get("maxEvents");
    Path store = Files.createDirectory(directory.resolve("store"));
    Checker none = new Checker(seed, maxEvents, 1);
    Figures figures = new Figures();
    long events;
    try (Peer.Store open = peer.create(store, new Peer.StoreOptions(maxEvents, 1, none))) {
      SecondCounts seconds = new SecondCounts(call.getInt("seconds"));
      long start = System.nanoTime();
      events = publishFor(open.publisher(0), seed, maxEvents, start, seconds);
      open.awaitStored(events);
      figures.put("events", events).put("storedNanos", System.nanoTime() - start);
      figures.put("slowestSecond", seconds.slowest());
    }
    if (call.get("check") == 0) {
      return figures;
    }
    return checkAndReplay(peer, store, seed, events, 1, none, figures);
  }

  /** Arguments: events, seed. Figures: bytes, with every event in a write of its own. */
  static Figures trickle(Peer peer, Path directory, Call call) throws Exception {
    long events = call.get("events");
    long seed = call.get("seed");
    Path store = Files.createDirectory(directory.resolve("store"));
    Capability.of(peer, Peer.Trickling.class).trickle(store, seed, events);
    Checker unused = new Checker(seed, events, 1);
    return checkAndReplay(peer, store, seed, events, 1, unused, new Figures());
  }

  private static Figures checkAndReplay(
      Peer peer,
      Path store,
      long seed,
      long events,
      int producers,
      Checker inFlight,
      Figures figures)
      throws IOException {
    if (!peer.stores()) {
      inFlight.verify();
      return figures;
    }
    Checker checker = new Checker(seed, events, producers);
    figures.put("bytes", Disk.allocatedBytes(store));
    figures.put("replayNanos", peer.replay(store, checker));
    checker.verify();
    return figures;
  }

  static void publishAll(Peer.Store store, long seed, long events, int producers)
      throws IOException {
    if (producers == 1) {
      publishRange(store.publisher(0), seed, 0, events);
      return;
    }
    List<FutureTask<Long>> tasks = new ArrayList<>();
    for (int p = 0; p < producers; p++) {
      Peer.Publisher publisher = store.publisher(p);
      long from = Checker.firstOf(p, producers, events);
      long to = Checker.firstOf(p + 1, producers, events);
      FutureTask<Long> task = new FutureTask<>(() -> publishRange(publisher, seed, from, to));
      tasks.add(task);
      new Thread(task, "bench-producer-" + p).start();
    }
    for (FutureTask<Long> task : tasks) {
      try {
        task.get();
      } catch (InterruptedException e) {
        throw Waiting.interrupted(e);
      } catch (ExecutionException e) {
        throw new IOException("a producer failed", e.getCause());
      }
    }
  }

  private static long publishRange(Peer.Publisher publisher, long seed, long from, long to)
      throws IOException {
    BenchEvent event = new BenchEvent();
    for (long i = from; i < to; i++) {
      event.fill(seed, i);
      publish(publisher, event);
    }
    return to - from;
  }

  /** Publishes one event, however long there is no room. */
  static void publish(Peer.Publisher publisher, BenchEvent event) throws IOException {
    int spins = 0;
    while (!publisher.offer(event)) {
      if (++spins % SPINS_BEFORE_YIELD == 0) {
        Waiting.yieldCore();
      } else {
        Thread.onSpinWait();
      }
    }
  }

  private static long publishFor(
      Peer.Publisher publisher, long seed, long maxEvents, long start, SecondCounts seconds)
      throws IOException {
    BenchEvent event = new BenchEvent();
    long i = 0;
    while (i < maxEvents && seconds.record(System.nanoTime() - start, i)) {
      long end = Math.min(i + CLOCK_STRIDE, maxEvents);
      for (; i < end; i++) {
        event.fill(seed, i);
        publish(publisher, event);
      }
    }
    return i;
  }

  /** Events published in each whole second. */
  static final class SecondCounts {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final long[] totals;

    SecondCounts(int seconds) {
      totals = new long[seconds + 1];
    }

    /** Notes the total so far; false when the time is over. */
    boolean record(long elapsedNanos, long total) {
      long second = elapsedNanos / SECOND_NANOS;
      for (int s = (int) Math.min(second, totals.length - 1); s > 0 && totals[s] == 0; s--) {
        totals[s] = total;
      }
      return second < totals.length - 1;
    }

    /** Events of the slowest of the seconds that were completed. */
    long slowest() {
      long slowest = Long.MAX_VALUE;
      for (int s = 1; s < totals.length && totals[s] > 0; s++) {
        slowest = Math.min(slowest, totals[s] - totals[s - 1]);
      }
      return slowest == Long.MAX_VALUE ? totals[0] : slowest;
    }
  }
}
