// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.EventLog;
import dev.ringfold.Forks;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.replay.LogEnd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** How long a fork takes and what it adds to the disk. */
final class ForkTimes {
  private ForkTimes() {}

  /**
   * Arguments: seed, events, forks. Figures: p50, max, openNanos (the first open of the last fork),
   * newBytes (of its files that are no links, before that open).
   */
  static Figures run(ReplayKind kind, Path directory, Call call) throws Exception {
    Path store = directory.resolve(kind.label());
    long events = call.get("events");
    try (Peer.Store open =
        PeerKind.RINGFOLD
            .create()
            .create(
                Files.createDirectory(store),
                new Peer.StoreOptions(events, 1, new Checker(call.get("seed"), events, 1)))) {
      Ingest.publishAll(open, call.get("seed"), events, 1);
      open.awaitStored(events);
    }
    SplittableRandom random = new SplittableRandom(call.get("seed"));
    long[] nanos = new long[call.getInt("forks")];
    long newBytes = 0;
    long openNanos = 0;
    for (int i = -1; i < nanos.length; i++) {
      long sequence = random.nextLong(events);
      Path target = directory.resolve("fork");
      long start = System.nanoTime();
      Forks.fork(store, sequence, target, "bench");
      nanos[Math.max(0, i)] = System.nanoTime() - start;
      newBytes = Math.max(newBytes, unshared(target));
      verify(target, sequence);
      if (i == nanos.length - 1) {
        long before = System.nanoTime();
        EventLog.open(target).close();
        openNanos = System.nanoTime() - before;
      }
      Disk.delete(target);
    }
    Arrays.sort(nanos);
    return new Figures()
        .put("p50", nanos[nanos.length / 2])
        .put("max", nanos[nanos.length - 1])
        .put("newBytes", newBytes)
        .put("openNanos", openNanos);
  }

  private static void verify(Path fork, long sequence) {
    long last = LogEnd.of(fork, ManifestFile.read(fork)).lastSequence();
    if (last != sequence) {
      throw new Checker.VerificationException("a fork at " + sequence + " ends with event " + last);
    }
  }

  /** Bytes of files with one name only. */
  private static long unshared(Path fork) throws IOException {
    try (Stream<Path> files = Files.walk(fork)) {
      return files.filter(Files::isRegularFile).mapToLong(ForkTimes::unsharedBytes).sum();
    }
  }

  private static long unsharedBytes(Path file) {
    try {
      int names = (Integer) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
      return names == 1 ? Files.size(file) : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
