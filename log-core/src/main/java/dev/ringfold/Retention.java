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
      return new Draft(rule, false).plan();
    }
  }

  /**
   * Deletes the segments of a plan, as far as nobody has come to need them since. When this returns
   * they are gone and their disk space is free.
   *
   * @throws LogFailedException when the log has failed
   * @throws DiskFullException when not even the log's reserve has room for the fact
   */
  public RetentionReport apply(RetentionPlan plan) {
    synchronized (turn) {
      RetentionPlan now = new Draft(plan.rule(), true).plan();
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
        TimeUnit.SECONDS.toNanos(FACT_TIMEOUT_SECONDS));
    SegmentRetirement.delete(engine, going, floor, kept.number());
  }

  /** One look at everything that decides. */
  private final class Draft {
    private final RetentionRule rule;
    private final boolean applying;
    private final Manifest manifest = engine.manifests().current();
    private final List<RetentionPlan.Block> blocks = new ArrayList<>();
    private final Map<String, Long> stillWaiting = new HashMap<>();
    private final int wanted;
    private int allowed;

    Draft(RetentionRule rule, boolean applying) {
      this.rule = rule;
      this.applying = applying;
      this.wanted = wanted();
      this.allowed = wanted;
    }

    RetentionPlan plan() {
      for (SavedPositions.Position position : positions.list()) {
        if (position.holdsRetention()) {
          String reason = "saved at sequence " + position.sequence();
          keep(RetentionPlan.Keeper.POSITION, position.name(), position.sequence(), reason);
        }
      }
      for (Holds.Hold hold : holds.list()) {
        keep(RetentionPlan.Keeper.HOLD, hold.name(), hold.sequence(), hold.reason());
      }
      for (TailerRegistry.Held tailer : tailers.held()) {
        lend(RetentionPlan.Keeper.TAILER, tailer.name(), tailer.segment());
      }
      for (LeaseFile.Seen lease :
          LeaseFile.seen(engine.store(), clock.instant(), grace, applying)) {
        if (!lease.stale()) {
          lend(RetentionPlan.Keeper.LEASE, lease.name(), lease.segment());
        }
      }
      if (applying) {
        waitingSinceNanos.keySet().retainAll(stillWaiting.keySet());
        waitingSinceNanos.putAll(stillWaiting);
      }
      return result();
    }

    private RetentionPlan result() {
      List<SegmentEntry> entries = manifest.segments();
      List<RetentionPlan.Segment> going =
          entries.subList(0, allowed).stream()
              .map(
                  e ->
                      new RetentionPlan.Segment(
                          e.number(), e.firstSequence(), e.lastSequence(), e.length()))
              .toList();
      long floor = allowed == 0 ? manifest.floorSequence() : entries.get(allowed).firstSequence();
      return new RetentionPlan(
          rule, going, bytes(0, allowed), floor, blocks, bytes(allowed, wanted));
    }

    private long bytes(int from, int to) {
      return manifest.segments().subList(from, to).stream().mapToLong(SegmentEntry::length).sum();
    }

    private void keep(RetentionPlan.Keeper keeper, String name, long sequence, String reason) {
      int cut = 0;
      while (cut < wanted && manifest.segments().get(cut).lastSequence() < sequence) {
        cut++;
      }
      block(keeper, name, cut, reason, Duration.ZERO);
    }

    private void lend(RetentionPlan.Keeper keeper, String name, long segment) {
      int cut = Math.min(wanted, manifest.placeOfNumber(segment));
      if (cut == wanted) {
        return;
      }
      String key = name + "@" + segment;
      long now = System.nanoTime();
      long since = waitingSinceNanos.getOrDefault(key, now);
      stillWaiting.put(key, since);
      Duration left = grace.minusNanos(now - since);
      if (!left.isNegative() && !left.isZero()) {
        block(keeper, name, cut, "reads segment " + segment, left);
      }
    }

    private void block(
        RetentionPlan.Keeper keeper, String name, int cut, String reason, Duration left) {
      if (cut < wanted) {
        long first = manifest.segments().get(cut).number();
        blocks.add(new RetentionPlan.Block(keeper, name, first, reason, left));
        allowed = Math.min(allowed, cut);
      }
    }

    /** How many of the oldest segments the rule would delete. */
    private int wanted() {
      if (rule instanceof RetentionRule.BeforeSequence before) {
        return prefix(e -> e.lastSequence() < before.sequence());
      }
      if (rule instanceof RetentionRule.OlderThan older) {
        long limit = engine.clock().nanos() - older.age().toNanos();
        return prefix(e -> e.endNanos() < limit);
      }
      long[] excess = {journalBytes() - ((RetentionRule.KeepBytes) rule).bytes()};
      return prefix(
          e -> {
            boolean over = excess[0] > 0;
            excess[0] -= e.length();
            return over;
          });
    }

    private int prefix(java.util.function.Predicate<SegmentEntry> goes) {
      List<SegmentEntry> entries = manifest.segments();
      int count = 0;
      while (count < entries.size() - 1
          && entries.get(count).sealed()
          && goes.test(entries.get(count))) {
        count++;
      }
      return count;
    }

    private long journalBytes() {
      long bytes = 0;
      for (SegmentEntry entry : manifest.segments()) {
        bytes += entry.sealed() ? entry.length() : engine.keeper().writtenBytes(entry.number());
      }
      return bytes;
    }
  }
}
