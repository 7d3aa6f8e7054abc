// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.internal.journal.LeaseFile;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.SegmentEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** One look at everything that decides which segments may go. Used once, by one thread. */
final class RetentionDraft {
  private final RetentionRule rule;
  private final Manifest manifest;
  private final Duration grace;
  private final boolean closed;
  private final Map<String, Long> waitingSinceNanos;
  private final List<RetentionPlan.Block> blocks = new ArrayList<>();
  private final Map<String, Long> stillWaiting = new HashMap<>();
  private final int wanted;
  private int allowed;

  /**
   * Begins with what the rule wants.
   *
   * @param nowNanos log time
   * @param openBytes bytes of frames in a segment that is not sealed
   * @param grace how long readers are waited for
   * @param waitingSinceNanos since when each reader was waited for before; not changed
   * @param closed whether nobody writes: then an apply begins a segment first, and each there is
   *     now may go
   */
  RetentionDraft(
      RetentionRule rule,
      Manifest manifest,
      long nowNanos,
      ToLongFunction<SegmentEntry> openBytes,
      Duration grace,
      Map<String, Long> waitingSinceNanos,
      boolean closed) {
    this.closed = closed;
    this.rule = rule;
    this.manifest = manifest;
    this.grace = grace;
    this.waitingSinceNanos = waitingSinceNanos;
    this.wanted = wanted(nowNanos, openBytes);
    this.allowed = wanted;
  }

  /** Respects positions and holds. */
  RetentionDraft keep(SavedPositions positions, Holds holds) {
    for (SavedPositions.Position position : positions.list()) {
      if (position.holdsRetention()) {
        String reason = "saved at sequence " + position.sequence();
        keep(RetentionPlan.Keeper.POSITION, position.name(), position.sequence(), reason);
      }
    }
    for (Holds.Hold hold : holds.list()) {
      keep(RetentionPlan.Keeper.HOLD, hold.name(), hold.sequence(), hold.reason());
    }
    return this;
  }

  /** Respects the readers of other processes. */
  RetentionDraft lend(Iterable<LeaseFile.Seen> leases) {
    for (LeaseFile.Seen lease : leases) {
      if (!lease.stale() && !lease.blobs()) {
        lend(RetentionPlan.Keeper.LEASE, lease.name(), lease.segment());
      }
    }
    return this;
  }

  /** Respects a reader, until it has been waited for long enough. */
  void lend(RetentionPlan.Keeper keeper, String name, long segment) {
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

  /** Since when each reader is waited for. */
  Map<String, Long> stillWaiting() {
    return stillWaiting;
  }

  /** What may go. */
  RetentionPlan plan() {
    List<SegmentEntry> entries = manifest.segments();
    List<RetentionPlan.Segment> going =
        entries.subList(0, allowed).stream()
            .map(
                e ->
                    new RetentionPlan.Segment(
                        e.number(), e.firstSequence(), e.lastSequence(), e.length()))
            .toList();
    long floor = allowed == 0 ? manifest.floorSequence() : beginOf(entries, allowed);
    return new RetentionPlan(rule, going, bytes(0, allowed), floor, blocks, bytes(allowed, wanted));
  }

  private static long beginOf(List<SegmentEntry> entries, int place) {
    return place < entries.size()
        ? entries.get(place).firstSequence()
        : Math.max(
            entries.get(place - 1).firstSequence(), entries.get(place - 1).lastSequence() + 1);
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

  private void block(
      RetentionPlan.Keeper keeper, String name, int cut, String reason, Duration left) {
    if (cut < wanted) {
      long first = manifest.segments().get(cut).number();
      blocks.add(new RetentionPlan.Block(keeper, name, first, reason, left));
      allowed = Math.min(allowed, cut);
    }
  }

  /** How many of the oldest segments the rule would delete. */
  private int wanted(long nowNanos, ToLongFunction<SegmentEntry> openBytes) {
    if (rule instanceof RetentionRule.BeforeSequence before) {
      return prefix(e -> e.lastSequence() < before.sequence());
    }
    if (rule instanceof RetentionRule.OlderThan older) {
      long limit = nowNanos - older.age().toNanos();
      return prefix(e -> e.endNanos() < limit);
    }
    if (rule instanceof RetentionRule.ByPolicy by) {
      return byPolicy(by, nowNanos, openBytes);
    }
    return prefix(over(((RetentionRule.KeepBytes) rule).bytes(), openBytes));
  }

  private int byPolicy(
      RetentionRule.ByPolicy by, long nowNanos, ToLongFunction<SegmentEntry> openBytes) {
    Duration age = by.policy().age();
    long bytes = by.policy().bytes();
    boolean all = age.isZero() && bytes == 0;
    Predicate<SegmentEntry> over = bytes == 0 ? e -> false : over(bytes, openBytes);
    long limit = age.isZero() ? Long.MIN_VALUE : nowNanos - age.toNanos();
    return prefix(
        e -> {
          boolean large = over.test(e);
          return e.lastSequence() < by.below() && (all || large || e.endNanos() < limit);
        });
  }

  /** Asked for one segment after the other, whether the journal is too large with it. */
  private Predicate<SegmentEntry> over(long bytes, ToLongFunction<SegmentEntry> openBytes) {
    long[] excess = {journalBytes(openBytes) - bytes};
    return e -> {
      boolean over = excess[0] > 0;
      excess[0] -= e.length();
      return over;
    };
  }

  private int prefix(Predicate<SegmentEntry> goes) {
    List<SegmentEntry> entries = manifest.segments();
    int count = 0;
    int last = closed ? entries.size() : entries.size() - 1;
    while (count < last && entries.get(count).sealed() && goes.test(entries.get(count))) {
      count++;
    }
    return count;
  }

  private long journalBytes(ToLongFunction<SegmentEntry> openBytes) {
    long bytes = 0;
    for (SegmentEntry entry : manifest.segments()) {
      bytes += entry.sealed() ? entry.length() : openBytes.applyAsLong(entry);
    }
    return bytes;
  }
}
