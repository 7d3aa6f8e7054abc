// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.DiskFullException;
import dev.ringfold.LogFailedException;
import dev.ringfold.RingTimeoutException;
import dev.ringfold.RingfoldException;
import dev.ringfold.event.RetentionApplied;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.journal.LogState;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.RetiredSegments;
import dev.ringfold.internal.journal.SegmentEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * The steps of a retention that change something, in the order that a crash between any two of them
 * can be made good: fact, list of the retired, manifest, files. Called by one thread at a time.
 */
public final class SegmentRetirement {
  private static final long PARK_NANOS = 200_000L;

  private SegmentRetirement() {}

  /** Puts the fact into the journal and waits until it is on disk. */
  public static void announce(LogEngine engine, RetentionApplied fact, long timeoutNanos) {
    long deadline = System.nanoTime() + timeoutNanos;
    CompletableFuture<Long> written = engine.duties().handIn(fact);
    engine.ring().wakeJournal();
    long sequence = await(engine, written, timeoutNanos);
    while (engine.forcer().durableSequence() < sequence) {
      requireAlive(engine);
      if (System.nanoTime() >= deadline) {
        throw late(engine, timeoutNanos);
      }
      engine.forcer().request(sequence);
      LockSupport.parkNanos(SegmentRetirement.class, PARK_NANOS);
    }
  }

  private static long await(LogEngine engine, CompletableFuture<Long> written, long timeoutNanos) {
    long deadline = System.nanoTime() + timeoutNanos;
    for (; ; ) {
      requireAlive(engine);
      try {
        return written.get(PARK_NANOS * 50, TimeUnit.NANOSECONDS);
      } catch (TimeoutException notYet) {
        if (System.nanoTime() >= deadline) {
          throw late(engine, timeoutNanos);
        }
      } catch (ExecutionException e) {
        if (e.getCause() instanceof DiskFullException full) {
          throw full;
        }
        throw new RingfoldException("The journal did not take the fact of retention", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RingTimeoutException(
            "Interrupted while retention waited for the journal; plan again.");
      }
    }
  }

  private static void requireAlive(LogEngine engine) {
    LogState.Condition condition = engine.state().condition();
    if (condition == LogState.Condition.FAILED) {
      throw new LogFailedException(
          "The log has failed: " + engine.state().reason(), engine.state().cause());
    }
    if (condition == LogState.Condition.CLOSED || engine.journal().isEnded()) {
      throw new dev.ringfold.LogClosedException(
          "The log at " + engine.store() + " is closed; nothing was deleted.");
    }
  }

  private static RingTimeoutException late(LogEngine engine, long timeoutNanos) {
    return new RingTimeoutException(
        "The journal of "
            + engine.store()
            + " did not make the fact of retention durable within "
            + timeoutNanos / 1_000_000
            + " ms; nothing was deleted. Is the disk slow?");
  }

  /** Raises the floor and deletes. The hash of each segment is kept, and made now where missing. */
  public static void delete(
      LogEngine engine, List<SegmentEntry> going, long floorSequence, long firstSegmentKept) {
    List<SegmentEntry> hashed = new ArrayList<>();
    for (SegmentEntry entry : going) {
      hashed.add(engine.sealer().hashed(entry));
    }
    RetiredSegments.append(engine.store(), hashed);
    FaultPoint.hit("retention.beforeManifest");
    engine.manifests().update(m -> m.withFloor(floorSequence, firstSegmentKept));
    engine.manifests().persist();
    FaultPoint.hit("retention.afterManifest");
    for (SegmentEntry entry : going) {
      engine.segmentKeys().sealed().retire(entry.number());
    }
    RetiredSegments.delete(engine.store(), going);
  }

  /** The floor that a fact in the journal promises, where a crash came before the manifest. */
  static void finish(LogEngine engine, long promisedFloor) {
    Manifest manifest = engine.manifests().current();
    List<SegmentEntry> going = new ArrayList<>();
    for (SegmentEntry entry : manifest.segments()) {
      if (!entry.sealed() || entry.lastSequence() >= promisedFloor) {
        break;
      }
      going.add(entry);
    }
    if (promisedFloor <= manifest.floorSequence()
        || going.isEmpty()
        || going.size() == manifest.segments().size()) {
      return;
    }
    delete(engine, going, promisedFloor, manifest.segments().get(going.size()).number());
  }
}
