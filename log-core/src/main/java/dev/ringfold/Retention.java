// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.event.RetentionApplied;
import dev.ringfold.internal.journal.LeaseFile;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.TailerRegistry;
import dev.ringfold.internal.ring.LogEngine;
import dev.ringfold.internal.ring.SegmentRetirement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Deletes old segments, only when asked. What is gone raises the floor: reading below it is a
 * {@link SegmentRetiredException}, and what was derived from it elsewhere is primary from then on.
 * Idempotency keys are forgotten with their segments, except the newest that are in memory.
 *
 * <p>Holds and saved positions that hold retention are always respected. Tailers, in this process
 * and in others, are waited for as long as {@link LogOption#LEASE_GRACE} says, counted from the
 * first {@link #apply} that wanted their segment; then the segment goes and the tailer is told so.
 *
 * <p>The order of an apply: the fact {@link RetentionApplied} in the journal, forced; a line in the
 * file {@code retired}; the manifest with the new floor; the files. A crash in between is made good
 * at the next open. Thread-safe; one apply runs at a time.
 */
public final class Retention {
  private static final long FACT_TIMEOUT_SECONDS = 30;

  private final LogEngine engine;
  private final TailerRegistry tailers;
  private final SavedPositions positions;
  private final Holds holds;
  private final Object turn;
  private final Clock clock;
  private final Duration grace;
  private final Map<String, Long> waitingSinceNanos = new HashMap<>(); // guarded by turn
  private volatile boolean closed;

  Retention(
      LogEngine engine,
      TailerRegistry tailers,
      SavedPositions positions,
      Holds holds,
      Object turn,
      Clock clock,
      Duration grace) {
    this.engine = engine;
    this.tailers = tailers;
    this.positions = positions;
    this.holds = holds;
    this.turn = turn;
    this.clock = clock;
    this.grace = grace;
  }

  /**
   * What an apply of this rule would do now. A dry run: nothing is changed.
   *
   * @throws CorruptJournalException when a hold or a position is damaged, since it may be needed
   */
  public RetentionPlan plan(RetentionRule rule) {
    synchronized (turn) {
      return draft(rule, false).plan();
    }
  }

  /**
   * Deletes the segments of a plan, as far as nobody has come to need them since. When this returns
   * they are gone and their disk space is free. What an earlier apply could not finish, since the
   * disk had no room for the manifest, goes first.
   *
   * @throws LogClosedException when the log is closed meanwhile
   * @throws LogFailedException when the log has failed
   * @throws DiskFullException when not even the log's reserve has room for the fact, or the disk
   *     has none for the manifest: apply again when there is a little
   */
  public RetentionReport apply(RetentionPlan plan) {
    synchronized (turn) {
      requireOpen();
      SegmentRetirement.deleteLeft(engine);
      RetentionPlan now = draft(plan.rule(), true).plan();
      List<SegmentEntry> going = new ArrayList<>();
      Manifest manifest = engine.manifests().current();
      for (RetentionPlan.Segment segment : now.segments()) {
        SegmentEntry entry = manifest.segment(segment.number());
        if (entry != null && plan.segments().contains(segment)) {
          going.add(entry);
        }
      }
      long bytes = going.stream().mapToLong(SegmentEntry::length).sum();
      if (!going.isEmpty()) {
        retire(going, bytes);
      }
      return new RetentionReport(
          going.stream().map(SegmentEntry::number).toList(),
          bytes,
          engine.manifests().current().floorSequence(),
          now.blocks(),
          now.pendingBytes());
    }
  }

  private void retire(List<SegmentEntry> going, long bytes) {
    Manifest manifest = engine.manifests().current();
    SegmentEntry kept = manifest.segments().get(going.size());
    long floor = kept.firstSequence();
    SegmentRetirement.announce(
        engine,
        new RetentionApplied(floor, going.size(), bytes),
        TimeUnit.SECONDS.toNanos(FACT_TIMEOUT_SECONDS),
        () -> !closed);
    SegmentRetirement.delete(engine, going, floor, kept.number(), () -> !closed);
  }

  private void requireOpen() {
    if (closed) {
      throw new LogClosedException("The log at " + engine.store() + " is closed.");
    }
  }

  /**
   * Refuses every later apply, and waits for one under way: it stops hashing, or finishes what it
   * has announced. The journal must still run.
   */
  void close() {
    closed = true;
    synchronized (turn) {
      waitingSinceNanos.clear();
    }
  }

  private RetentionDraft draft(RetentionRule rule, boolean applying) {
    RetentionDraft draft =
        new RetentionDraft(
            rule,
            engine.manifests().current(),
            engine.clock().nanos(),
            entry -> engine.keeper().writtenBytes(entry.number()),
            grace,
            waitingSinceNanos,
            false);
    draft.keep(positions, holds);
    for (TailerRegistry.Held tailer : tailers.held()) {
      draft.lend(RetentionPlan.Keeper.TAILER, tailer.name(), tailer.segment());
    }
    draft.lend(LeaseFile.seen(engine.store(), clock.instant(), grace, applying));
    if (applying) {
      waitingSinceNanos.keySet().retainAll(draft.stillWaiting().keySet());
      waitingSinceNanos.putAll(draft.stillWaiting());
    }
    return draft;
  }
}
