// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where a peer's buffers in shared memory go: a directory of the benchmark's own on {@code
 * /dev/shm}, or beside its files where there is none.
 */
final class SharedMemory {
  /** System property that tells a child JVM the benchmark's directory in shared memory. */
  static final String PROPERTY = "ringfold.bench.shm";

  private static final Path TMPFS = Path.of("/dev/shm");
  private static final AtomicInteger NEXT = new AtomicInteger();

  private SharedMemory() {}

  /** Creates the directory of a whole benchmark; the caller deletes it. */
  static Path create(Path fallback) throws IOException {
    Path parent = Files.isWritable(TMPFS) ? TMPFS : fallback;
    return Files.createTempDirectory(parent, "ringfold-bench-");
  }

  /** A path inside it that does not exist yet, for one peer. */
  static Path unused(String peer) throws IOException {
    String root = System.getProperty(PROPERTY);
    if (root == null) {
      throw new IOException("system property " + PROPERTY + " is not set");
    }
    long pid = ProcessHandle.current().pid();
    return Path.of(root).resolve(peer + "-" + pid + "-" + NEXT.incrementAndGet());
  }
}
