// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A blob store on real files with a clock, a free-space gauge and fault points the test controls.
 */
final class BlobFixture {
  /** Runs repeat with it; override with {@code -Dringfold.seed=N}. */
  static final long SEED = Long.getLong("ringfold.seed", 20260730L);

  static {
    // These tests damage files on purpose; what the store logs about it is no news.
    System.setProperty("org.slf4j.simpleLogger.log.dev.ringfold.blob", "off");
  }

  static final int SMALL = 1000;
  static final int LARGE = 100_000;

  final Path directory;
  final AtomicLong clockNanos = new AtomicLong(1_700_000_000_000_000_000L);
  final AtomicLong usableBytes = new AtomicLong(Long.MAX_VALUE);
  Syncs syncs = Syncs.REAL;
  Consumer<String> faultPoint = name -> {};
  BlobLimits limits = BlobLimits.defaults();

  BlobFixture(Path directory) {
    this.directory = directory;
  }

  BlobStore open() {
    return BlobStore.open(
        directory,
        clockNanos::get,
        limits,
        new BlobHooks(syncs, name -> faultPoint.accept(name), usableBytes::get));
  }

  void advance(Duration time) {
    clockNanos.addAndGet(time.toNanos());
  }

  BlobFiles files() {
    return new BlobFiles(directory);
  }

  /** All regular files under {@code blobs/}, sorted. */
  List<Path> allFiles() throws IOException {
    try (Stream<Path> walk = Files.walk(directory.resolve("blobs"))) {
      return walk.filter(Files::isRegularFile).sorted().toList();
    }
  }

  static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static BlobId hash(byte[] bytes) {
    return BlobId.of(TempFile.sha256().digest(bytes));
  }

  /** Puts, forces and releases one set. */
  static List<BlobRef> save(BlobStore store, byte[]... blobs) {
    try (BlobSet set = store.begin("test")) {
      for (byte[] blob : blobs) {
        set.put(blob);
      }
      set.force();
      set.release();
      return set.refs();
    }
  }

  /** The crash a fault point stands for. An error, so that nothing mistakes it for a failure. */
  static final class SimulatedCrash extends Error {
    private static final long serialVersionUID = 1L;

    SimulatedCrash(String point) {
      super(point);
    }
  }
}
