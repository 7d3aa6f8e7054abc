// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.DiskFullException;
import dev.ringfold.RingfoldException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread {@code ringfold-seal}: seals finished segments, which takes several forces, and hashes
 * them when the journal is idle. Hashing costs a second of CPU per gigabyte; until the hash is in
 * the manifest the CRC chain protects a sealed segment.
 */
public final class SealThread implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(SealThread.class);
  private static final long PARK_NANOS = 200_000_000L;
  private static final long RETRY_NANOS = 1_000_000_000L;

  private final SegmentSealer sealer;
  private final SegmentKeeper keeper;
  private final LogState state;
  private final Queue<SegmentWriter> finished = new ConcurrentLinkedQueue<>();
  private volatile boolean running = true;
  private volatile @Nullable Thread thread;

  public SealThread(SegmentSealer sealer, SegmentKeeper keeper, LogState state) {
    this.sealer = sealer;
    this.keeper = keeper;
    this.state = state;
  }

  /** The force thread is done with this segment; at most its pending rolls are queued. */
  void seal(SegmentWriter segment) {
    finished.add(segment);
    LockSupport.unpark(thread);
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    while (running) {
      if (!work()) {
        LockSupport.parkNanos(this, PARK_NANOS);
      }
    }
    while (!finished.isEmpty() && sealNext()) {
      // The last ones, before the owner seals the open segment.
    }
  }

  private boolean work() {
    try {
      if (!finished.isEmpty()) {
        return sealNext();
      }
      return !keeper.isBusy() && sealer.hashOldestUnhashed(() -> running && !keeper.isBusy());
    } catch (DiskFullException e) {
      LOG.warn("No room for the manifest with a new hash; it will be written with the next one", e);
      LockSupport.parkNanos(this, RETRY_NANOS);
      return false;
    } catch (RuntimeException | Error e) {
      state.fail("the seal thread failed: " + e, e);
      return false;
    }
  }

  private boolean sealNext() {
    SegmentWriter segment = finished.peek();
    if (segment == null) {
      return false;
    }
    try {
      sealer.seal(segment);
    } catch (RingfoldException e) {
      LOG.warn("Segment {} could not be sealed; it will be tried again", segment.number(), e);
      LockSupport.parkNanos(this, RETRY_NANOS);
      return false;
    }
    keeper.sealed(segment);
    finished.poll();
    return true;
  }

  /** Whether everything finished so far is sealed; the thread may have ended before that. */
  public boolean isDone() {
    return finished.isEmpty();
  }

  /** Ends the thread when everything finished so far is sealed, or one of it cannot be. */
  public void stop() {
    running = false;
    LockSupport.unpark(thread);
  }
}
