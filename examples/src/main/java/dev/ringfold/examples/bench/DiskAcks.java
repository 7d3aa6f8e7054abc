// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.nio.file.Files;
import java.nio.file.Path;

/** How many events a second one caller has acknowledged as being on disk. */
final class DiskAcks {
  private static final long MILLI_NANOS = 1_000_000;

  /** Events between two looks at the clock, in units of the outstanding ones. */
  private static final int BATCHES_PER_LOOK = 16;

  private DiskAcks() {}

  /**
   * Arguments: millis, maxEvents, outstanding, seed. Figures: events and ackedNanos. The file is
   * read back afterwards.
   */
  static Figures run(Peer peer, Path directory, Call call) throws Exception {
    Peer.Forcing forcing = Capability.of(peer, Peer.Forcing.class);
    long seed = call.get("seed");
    long maxEvents = call.get("maxEvents");
    int outstanding = call.getInt("outstanding");
    Path store = Files.createDirectory(directory.resolve("store"));
    long step = (long) outstanding * BATCHES_PER_LOOK;
    long events = 0;
    long elapsed;
    try (Peer.ForcedStore open = forcing.createForced(store, maxEvents)) {
      long start = System.nanoTime();
      do {
        long to = Math.min(events + step, maxEvents);
        open.acknowledge(seed, events, to, outstanding);
        events = to;
        elapsed = System.nanoTime() - start;
      } while (elapsed < call.get("millis") * MILLI_NANOS && events < maxEvents);
    }
    Checker checker = new Checker(seed, events, 1);
    peer.replay(store, checker);
    checker.verify();
    return new Figures().put("events", events).put("ackedNanos", elapsed);
  }
}
