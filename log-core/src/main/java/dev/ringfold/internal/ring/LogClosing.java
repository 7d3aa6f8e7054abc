// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.LogClosedException;
import dev.ringfold.LogFailedException;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.journal.LogState;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.SealThread;
import dev.ringfold.internal.journal.SegmentWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of an open log, in the order that loses nothing: producers are refused; the journal
 * thread seals the ring, empties it and closes the ledger; the last force; the threads end; the
 * last segment is sealed and the manifest says clean, but only behind sealed segments.
 *
 * <p>A thread that does not end in time may still write: then nothing more is done, and the caller
 * must keep the store's lock. Closing again waits again.
 */
public final class LogClosing {
  private static final Logger LOG = LoggerFactory.getLogger(LogClosing.class);

  /** After the deadline the journal thread still writes the last facts. */
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final long JOIN_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long JOIN_MILLIS_STEP = 1;

  private static final int JOURNAL = 0;
  private static final int FORCE = 1;
  private static final int SEGMENTS = 2;
  private static final int ACK = 3;
  private static final int SEAL = 4;

  /**
   * What was done.
   *
   * @param undrained records left in the ring at the deadline; declared as drops when it has ended
   * @param ended whether the threads have ended, so that the store's lock may be released
   * @param problem what could not be done, or empty
   */
  public record Outcome(long undrained, boolean ended, String problem) {}

  private final LogEngine engine;
  private final SealThread sealing;
  private final DiskAcks diskAcks;
  private final Thread[] threads;
  private @Nullable Outcome done;
  private boolean interrupted;

  LogClosing(LogEngine engine, SealThread sealing, DiskAcks diskAcks, Thread[] threads) {
    this.engine = engine;
    this.sealing = sealing;
    this.diskAcks = diskAcks;
    this.threads = threads;
  }

  /** Closes, or goes on closing. An interrupt meanwhile is kept for later: forces go on. */
  Outcome close(long timeoutNanos) {
    Outcome before = done;
    if (before != null) {
      return before;
    }
    interrupted = false;
    try {
      return closeUninterrupted(timeoutNanos);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether no thread of the log can touch the store any more. */
  boolean hasEnded() {
    return unended().isEmpty();
  }

  private List<String> unended() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < threads.length; i++) {
      if (i != ACK && threads[i].isAlive()) {
        names.add(threads[i].getName());
      }
    }
    return names;
  }

  private Outcome closeUninterrupted(long timeoutNanos) {
    long deadline = System.nanoTime() + timeoutNanos;
    JournalThread journal = engine.journal();
    engine.state().closing();
    journal.stop(deadline);
    await(JOURNAL, deadline + GRACE_NANOS);
    if (threads[JOURNAL].isAlive()) {
      return unfinished(threads[JOURNAL].getName(), journal.backlog());
    }
    if (!hasFailed()) {
      engine.forcer().force();
    }
    engine.forcer().stop();
    engine.keeper().stop();
    await(FORCE, System.nanoTime() + JOIN_NANOS);
    await(SEGMENTS, System.nanoTime() + JOIN_NANOS);
    sealing.stop();
    await(SEAL, System.nanoTime() + JOIN_NANOS);
    if (!hasEnded()) {
      return unfinished(String.join(", ", unended()), journal.turnedAway());
    }
    try {
      Outcome outcome = new Outcome(journal.turnedAway(), true, finish());
      done = outcome;
      return outcome;
    } finally {
      release();
    }
  }

  private boolean hasFailed() {
    return engine.state().condition() == LogState.Condition.FAILED;
  }

  private void await(int thread, long deadlineNanos) {
    while (threads[thread].isAlive() && System.nanoTime() - deadlineNanos < 0) {
      engine.ring().wakeJournal(); // It may have parked just before it was told.
      try {
        threads[thread].join(JOIN_MILLIS_STEP);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }

  private Outcome unfinished(String names, long undrained) {
    String problem =
        "Not closed: "
            + names
            + " did not end in time and may still write, so the store stays locked by this"
            + " process. Is the disk slow? Close again to go on waiting.";
    LOG.warn("{} {}", engine.store(), problem);
    return new Outcome(undrained, false, problem);
  }

  /** Seals and marks clean; returns what is in the way of it. */
  private String finish() {
    engine.keeper().discardPrepared();
    if (hasFailed()) {
      return "The log has failed: " + engine.state().reason();
    }
    SegmentWriter last = engine.writer().finish();
    if (!engine.forcer().isCaughtUp()) {
      last.close();
      return "The disk has no room to name the newest segment; the next open recovers it.";
    }
    if (!sealing.isDone()) {
      last.close();
      return "An older segment could not be sealed; the next open recovers it and the last one.";
    }
    engine.sealer().seal(last);
    FaultPoint.hit("close.beforeManifest");
    long durable = engine.writer().nextSequence() - 1;
    engine.manifests().update(m -> m.withState(Manifest.State.CLEAN).withDurable(durable));
    engine.manifests().persist();
    engine.counters().delete();
    return "";
  }

  /** Nobody waits for a closed log. */
  private void release() {
    diskAcks.failAll(
        hasFailed()
            ? new LogFailedException(
                "The log has failed: " + engine.state().reason(), engine.state().cause())
            : new LogClosedException("The log was closed before the event was on disk."));
    engine.state().closed();
    engine.acks().stop();
    if (Thread.currentThread() != threads[ACK]) {
      await(ACK, System.nanoTime() + JOIN_NANOS);
    }
    engine.segmentKeys().sealed().close();
  }
}
