// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.DiskFullException;
import dev.ringfold.LogClosedException;
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
import java.util.function.BooleanSupplier;

/**
 * The steps of a retention that change something, in the order that a crash between any two of them
 * can be made good: fact, list of the retired, manifest, files. Called by one thread at a time.
 */
public final class SegmentRetirement {
  private static final long PARK_NANOS = 200_000L;

  private SegmentRetirement() {}

  /**
   * Puts the fact into the journal and waits until it is on disk.
   *
   * @param goOn false when the log is about to close
   */
  public static void announce(
      LogEngine engine, RetentionApplied fact, long timeoutNanos, BooleanSupplier goOn) {
    long deadline = System.nanoTime() + timeoutNanos;
    CompletableFuture<Long> written = engine.duties().handIn(fact);
    engine.ring().wakeJournal();
    long sequence = await(engine, written, timeoutNanos, goOn);
    while (engine.forcer().durableSequence() < sequence) {
      requireAlive(engine, goOn);
      if (System.nanoTime() >= deadline) {
        throw late(engine, timeoutNanos);
      }
      engine.forcer().request(sequence);
      LockSupport.parkNanos(SegmentRetirement.class, PARK_NANOS);
    }
  }

  private static long await(
      LogEngine engine, CompletableFuture<Long> written, long timeoutNanos, BooleanSupplier goOn) {
    long deadline = System.nanoTime() + timeoutNanos;
    for (; ; ) {
      requireAlive(engine, goOn);
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

  private static void requireAlive(LogEngine engine, BooleanSupplier goOn) {
    LogState.Condition condition = engine.state().condition();
    if (condition == LogState.Condition.FAILED) {
      throw new LogFailedException(
          "The log has failed: " + engine.state().reason(), engine.state().cause());
    }
    if (condition == LogState.Condition.CLOSED
        || engine.journal().isEnded()
        || !goOn.getAsBoolean()) {
      throw closed(engine);
    }
  }

  private static LogClosedException closed(LogEngine engine) {
    return new LogClosedException(
        "The log at "
            + engine.store()
            + " is closed, or closing; nothing was deleted. What its journal announces already is"
            + " deleted at the next open.");
  }

  private static RingTimeoutException late(LogEngine engine, long timeoutNanos) {
    return new RingTimeoutException(
        "The journal of "
            + engine.store()
            + " did not make the fact of retention durable within "
            + timeoutNanos / 1_000_000
            + " ms; nothing was deleted. Is the disk slow?");
  }

  /**
   * Raises the floor and deletes. The hash of each segment is kept, and made now where missing.
   *
   * @param goOn asked while hashing, which takes long; false when the log is about to close
   */
  public static void delete(
      LogEngine engine,
      List<SegmentEntry> going,
      long floorSequence,
      long firstSegmentKept,
      BooleanSupplier goOn) {
    List<SegmentEntry> hashed = new ArrayList<>();
    for (SegmentEntry entry : going) {
      hashed.add(engine.sealer().hashed(entry, goOn));
      if (!goOn.getAsBoolean()) {
        throw closed(engine);
      }
    }
    RetiredSegments.append(engine.store(), hashed);
    FaultPoint.hit("retention.beforeManifest");
    engine.manifests().update(m -> m.withFloor(floorSequence, firstSegmentKept));
    for (SegmentEntry entry : going) {
      engine.segmentKeys().sealed().retire(entry.number());
    }
    engine.manifests().persist();
    FaultPoint.hit("retention.afterManifest");
    RetiredSegments.delete(engine.store(), going);
  }

  /**
   * Deletes what an earlier call could not, since the manifest could not be written or a file not
   * deleted: in memory the floor is above it already. The manifest on disk goes first.
   */
  public static void deleteLeft(LogEngine engine) {
    if (RetiredSegments.isLeftBelowFloor(engine.store(), engine.manifests().current())) {
      engine.manifests().persist();
      RetiredSegments.deleteBelowFloor(engine.store(), engine.manifests().current());
    }
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
    long kept = manifest.segments().get(going.size()).number();
    delete(engine, going, promisedFloor, kept, () -> true);
  }
}
