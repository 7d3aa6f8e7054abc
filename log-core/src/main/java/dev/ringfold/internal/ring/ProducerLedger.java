// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.event.DropReason;
import org.jspecify.annotations.Nullable;

/**
 * The loss ledger of this session as the journal thread keeps it: for every producer how many
 * events were offered up to the newest one seen, how many of them are stored and how many were
 * dropped and declared. Drops show as gaps in the ordinals that the slots carry; {@code offered}
 * comes from the ordinals, never from the other two, so that a mark is a check and not a tautology.
 * Used by one thread; allocates nothing after construction.
 */
final class ProducerLedger {
  /** Most producers, the log itself included. */
  static final int MAX_PRODUCERS = 256;

  private static final int MAX_PENDING = 1_024;

  private final long[] offered = new long[MAX_PRODUCERS];
  private final long[] stored = new long[MAX_PRODUCERS];
  private final long[] dropped = new long[MAX_PRODUCERS];
  private final long[] declared = new long[MAX_PRODUCERS];
  private final long[] refusedByProducer = new long[MAX_PRODUCERS];
  private final long[] marked = new long[MAX_PRODUCERS];
  private final int[] newestPending = new int[MAX_PRODUCERS];

  private final int[] pendingProducer = new int[MAX_PENDING];
  private final int[] pendingStream = new int[MAX_PENDING];
  private final long[] pendingFrom = new long[MAX_PENDING];
  private final long[] pendingTo = new long[MAX_PENDING];
  private final long[] pendingCount = new long[MAX_PENDING];
  private final @Nullable DropReason[] pendingReason = new DropReason[MAX_PENDING];
  private int pendings;

  ProducerLedger() {
    java.util.Arrays.fill(newestPending, -1);
  }

  /**
   * A record arrived: whatever lies between the newest ordinal seen and this one was dropped before
   * the ring.
   *
   * @return events in the gap
   */
  long arrive(int producer, long ordinal, int events, int stream, DropReason gapReason) {
    long gap = ordinal - offered[producer] - 1;
    if (gap > 0) {
      addGap(producer, gap, stream, gapReason);
    }
    offered[producer] = ordinal + events - 1;
    return gap;
  }

  /** Events before the ring that nothing came after. */
  void addGap(int producer, long gap, int stream, DropReason reason) {
    long from = offered[producer] + 1;
    offered[producer] += gap;
    refusedByProducer[producer] += gap;
    addPending(producer, stream, from, from + gap - 1, gap, reason);
  }

  /** The newest record's events are in the frame. */
  void store(int producer, int events) {
    stored[producer] += events;
  }

  /** The newest record's events were decided against. */
  void reject(int producer, int events, int stream, DropReason reason) {
    long to = offered[producer];
    addPending(producer, stream, to - events + 1, to, events, reason);
  }

  private void addPending(
      int producer, int stream, long from, long to, long count, DropReason reason) {
    dropped[producer] += count;
    int newest = newestPending[producer];
    if (newest >= 0 && (pendingReason[newest] == reason || pendings == MAX_PENDING)) {
      pendingTo[newest] = to;
      pendingCount[newest] += count;
      return;
    }
    int index = pendings++;
    newestPending[producer] = index;
    pendingProducer[index] = producer;
    pendingStream[index] = stream;
    pendingFrom[index] = from;
    pendingTo[index] = to;
    pendingCount[index] = count;
    pendingReason[index] = reason;
  }

  /** Whether nearly no further drop could be remembered apart from the others. */
  boolean isPendingNearlyFull() {
    return pendings >= MAX_PENDING - MAX_PRODUCERS;
  }

  /** Drops that are not yet declared in the journal. */
  int pendings() {
    return pendings;
  }

  dev.ringfold.event.DropsObserved pending(int index, int session) {
    return new dev.ringfold.event.DropsObserved(
        pendingProducer[index],
        pendingStream[index],
        pendingFrom[index],
        pendingTo[index],
        pendingCount[index],
        java.util.Objects.requireNonNull(pendingReason[index]),
        session);
  }

  /** All pending drops have been declared. */
  void clearPending() {
    for (int i = 0; i < pendings; i++) {
      newestPending[pendingProducer[i]] = -1;
      declared[pendingProducer[i]] += pendingCount[i];
    }
    pendings = 0;
  }

  long offered(int producer) {
    return offered[producer];
  }

  long stored(int producer) {
    return stored[producer];
  }

  long dropped(int producer) {
    return dropped[producer];
  }

  /** Drops that are declared in the journal. */
  long declared(int producer) {
    return declared[producer];
  }

  /** Drops before the ring that were seen so far, to compare with the producer's own count. */
  long refusedByProducer(int producer) {
    return refusedByProducer[producer];
  }

  /** Whether anything was offered since the last mark. */
  boolean isUnmarked(int producer) {
    return offered[producer] != marked[producer];
  }

  /** A mark with the present numbers has been written. */
  void marked(int producer) {
    marked[producer] = offered[producer];
  }
}
