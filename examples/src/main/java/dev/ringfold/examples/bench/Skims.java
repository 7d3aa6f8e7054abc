// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.nio.file.Files;
import java.nio.file.Path;

/** How fast a log passes every event to a handler that does nothing with it. */
final class Skims {
  /** Passes over the log; the first one compiles the code and does not count. */
  private static final int PASSES = 4;

  private Skims() {}

  /** Arguments: events, seed. Figures: skimNanos, of the fastest pass. */
  static Figures run(Peer peer, Path directory, Call call) throws Exception {
    Peer.Skimming skimming = Capability.of(peer, Peer.Skimming.class);
    long events = call.get("events");
    long seed = call.get("seed");
    Path store = Files.createDirectory(directory.resolve("store"));
    Checker unused = new Checker(seed, events, 1);
    try (Peer.Store open = peer.create(store, new Peer.StoreOptions(events, 1, unused))) {
      Ingest.publishAll(open, seed, events, 1);
      open.awaitStored(events);
    }
    long best = Long.MAX_VALUE;
    for (int pass = 0; pass < PASSES; pass++) {
      long start = System.nanoTime();
      long seen = skimming.skim(store);
      long nanos = System.nanoTime() - start;
      if (seen < events) {
        throw new Checker.VerificationException(seen + " of " + events + " events were passed on");
      }
      best = pass == 0 ? best : Math.min(best, nanos);
    }
    Checker checker = new Checker(seed, events, 1);
    peer.replay(store, checker);
    checker.verify();
    return new Figures().put("skimNanos", best);
  }
}
