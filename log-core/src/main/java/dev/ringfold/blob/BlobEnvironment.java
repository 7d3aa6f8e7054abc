// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What everything that writes blobs needs: places, limits, clock, free space, forces. Thread-safe.
 */
final class BlobEnvironment {
  private final BlobFiles files;
  private final BlobLimits limits;
  private final BlobHooks hooks;
  private final LongSupplier clock;
  private final DirectoryForces forces;
  private final String openName = HexFormat.of().toHexDigits(new SecureRandom().nextLong());
  private final AtomicLong temporaryCount = new AtomicLong();
  private final AtomicLong setCount = new AtomicLong();

  BlobEnvironment(BlobFiles files, LongSupplier clock, BlobLimits limits, BlobHooks hooks) {
    this.files = files;
    this.clock = clock;
    this.limits = limits;
    this.hooks = hooks;
    this.forces = new DirectoryForces(hooks.syncs());
  }

  BlobFiles files() {
    return files;
  }

  BlobLimits limits() {
    return limits;
  }

  Syncs syncs() {
    return hooks.syncs();
  }

  DirectoryForces forces() {
    return forces;
  }

  /** Passes a point at which a crash is worth testing. */
  void hit(String faultPoint) {
    hooks.hit(faultPoint);
  }

  /** The log's clock, nanoseconds since 1970. */
  long logTimeNanos() {
    return clock.getAsLong();
  }

  long usableBytes() {
    return hooks.usableBytes().getAsLong();
  }

  /** Refuses to write when that would eat into the space the journal needs. */
  void requireSpace(Path path, long bytes) {
    long usable = usableBytes();
    if (usable - limits.diskReserveBytes() < bytes) {
      throw BlobFiles.diskFull(path, bytes, usable, limits.diskReserveBytes(), null);
    }
  }

  Path nextTemporary() {
    return files.temporary.resolve(openName + "-" + temporaryCount.incrementAndGet() + ".tmp");
  }

  Path nextSet() {
    return files.sets.resolve(openName + "-" + setCount.incrementAndGet() + BlobFiles.SET_SUFFIX);
  }
}
