// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Opening a store whose writer was killed. One worker fills the store and is killed without closing
 * it; a fresh one opens it and then reads everything back.
 */
final class Reopening {
  private Reopening() {}

  /** Arguments: events, seed. Leaves the store open: the caller kills this JVM. */
  static Figures fill(Peer peer, Path directory, Call call) throws Exception {
    long events = call.get("events");
    long seed = call.get("seed");
    Capability.of(peer, Peer.Recovering.class);
    Checker unused = new Checker(seed, events, 1);
    Peer.Store open = peer.create(store(directory), new Peer.StoreOptions(events, 1, unused));
    Ingest.publishAll(open, seed, events, 1);
    open.awaitStored(events);
    return new Figures().put("events", events);
  }

  /**
   * Arguments: events, seed. Figures: openNanos, firstStoredNanos, startNanos (from the start of
   * this JVM until the open began). Every event is checked afterwards, also the one that was added.
   */
  static Figures open(Peer peer, Path directory, Call call) throws Exception {
    Peer.Recovering recovering = Capability.of(peer, Peer.Recovering.class);
    long events = call.get("events");
    long seed = call.get("seed");
    BenchEvent added = new BenchEvent();
    added.fill(seed, events);
    long startMillis = ManagementFactory.getRuntimeMXBean().getUptime();
    Peer.Reopened reopened = recovering.reopen(store(directory), added);
    Checker checker = new Checker(seed, events + 1, 1);
    peer.replay(store(directory), checker);
    checker.verify();
    return new Figures()
        .put("openNanos", reopened.openNanos())
        .put("firstStoredNanos", reopened.firstStoredNanos())
        .put("startNanos", startMillis * 1e6);
  }

  private static Path store(Path directory) throws java.io.IOException {
    return Files.createDirectories(directory.resolveSibling("crashed"));
  }
}
