// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventView;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.DeadLetterResolved;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventDeadLettered;
import dev.ringfold.event.EventSkipped;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * The places of the journal at which a projection does nothing, as facts further on say: events
 * that were skipped or put aside there, and orders to retry that failed. Collected before the first
 * event is applied, so a rebuild leaves out what was left out at first.
 */
final class Exclusions {
  /** Most places of one projection: a projection that cannot take so many is broken. */
  static final int MAX_PLACES = 1_000_000;

  private static final int BATCH = 65_536;

  private final String projection;
  private final Set<Long> without;
  private final Set<Long> events = new HashSet<>();
  private final Set<Long> orders = new HashSet<>();

  /** Newest order to retry, by the event it is about, as long as no failure of it was seen. */
  private final Map<Long, Long> openOrders = new HashMap<>();

  private long end;

  private Exclusions(String projection, long end, Set<Long> without) {
    this.end = end;
    this.projection = projection;
    this.without = without;
    events.addAll(without);
    orders.addAll(without);
  }

  /**
   * Reads the facts above a sequence, to the journal's end.
   *
   * @param without events that are left out, too; those that are facts say nothing
   */
  static Exclusions after(
      long sequence,
      String projection,
      Journal journal,
      BooleanSupplier stopping,
      Set<Long> without) {
    Exclusions exclusions = new Exclusions(projection, sequence, without);
    long from = Math.max(sequence + 1, journal.floorSequence());
    try (Tailer tailer = journal.tailer().fromSequence(from).open()) {
      while (!stopping.getAsBoolean()
          && tailer.poll(event -> exclusions.read(event, tailer), BATCH) > 0) {
        continue;
      }
    }
    return exclusions;
  }

  private void read(EventView view, Tailer tailer) {
    int type = view.typeId();
    end = view.sequence();
    boolean fact =
        type == BuiltinTypes.EVENT_DEAD_LETTERED.id()
            || type == BuiltinTypes.DEAD_LETTER_RESOLVED.id()
            || type == BuiltinTypes.EVENT_SKIPPED.id();
    if (fact && !without.contains(view.sequence())) {
      read(view.sequence(), tailer.decode(view));
    }
  }

  private void read(long at, Event fact) {
    if (fact instanceof EventDeadLettered letter && letter.projection().equals(projection)) {
      Long order = openOrders.remove(letter.sequence());
      if (order == null) {
        events.add(letter.sequence());
      } else {
        orders.add(order);
      }
    } else if (fact instanceof DeadLetterResolved order
        && order.retry()
        && order.projection().equals(projection)) {
      openOrders.put(order.sequence(), at);
    } else if (fact instanceof EventSkipped skipped && skipped.projection().equals(projection)) {
      events.add(skipped.sequence());
      orders.add(skipped.sequence());
    }
    if (events.size() + orders.size() + openOrders.size() > MAX_PLACES) {
      throw new ProjectionFailedException(
          "Projection "
              + projection
              + " has more than "
              + MAX_PLACES
              + " skipped or dead events above its position. Mend it and reset it");
    }
  }

  /** Sequences of the events that are left out, ascending. */
  long[] events() {
    long[] sorted = events.stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(sorted);
    return sorted;
  }

  /** Last sequence that was read, or the one behind which reading began. */
  long end() {
    return end;
  }

  /** Whether any of the places is at or below a sequence. */
  boolean anyUpTo(long sequence) {
    return events.stream().anyMatch(place -> place <= sequence)
        || orders.stream().anyMatch(place -> place <= sequence);
  }

  /** Whether the order to retry at this sequence is known to have failed. */
  boolean isExcludedOrder(long sequence) {
    return orders.contains(sequence);
  }
}
