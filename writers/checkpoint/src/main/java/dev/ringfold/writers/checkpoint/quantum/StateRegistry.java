// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.EditDistance;
import dev.ringfold.EventView;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.Event;
import dev.ringfold.event.QuantumStateRemoved;
import dev.ringfold.event.QuantumStateSaved;
import dev.ringfold.event.StateExported;
import dev.ringfold.writers.checkpoint.EventScan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Which versions of which states there are: the fold of their events. Thread-safe. */
final class StateRegistry {
  private static final int NEAREST = 3;

  /** Types of the events that say something about states. */
  private static final int[] TYPES = {
    BuiltinTypes.QUANTUM_STATE_SAVED.id(),
    BuiltinTypes.QUANTUM_STATE_REMOVED.id(),
    BuiltinTypes.STATE_EXPORTED.id()
  };

  private final EventScan scan;
  private final LongSupplier lastSequence;
  private final String where;
  private final Set<Long> without;
  private final NavigableMap<Long, SavedState> versions = new TreeMap<>();
  private final Map<String, NavigableMap<Long, SavedState>> byId = new TreeMap<>();
  private final Map<Long, StateExported> exports = new HashMap<>();

  private long next;

  /**
   * Knows nothing before it is refreshed.
   *
   * @param tailers opens tailers over the log
   * @param lastSequence at or above the newest event; says when there is nothing new
   * @param where the store, for messages
   */
  StateRegistry(Supplier<Tailer.Builder> tailers, LongSupplier lastSequence, String where) {
    this(EventScan.of(() -> tailers.get().types(TYPES)), lastSequence, where, Set.of());
  }

  /**
   * As the shorter form, passing over events of these sequences.
   *
   * @param scan gives the log's events, at least those about states
   */
  StateRegistry(EventScan scan, LongSupplier lastSequence, String where, Set<Long> without) {
    this.without = Set.copyOf(without);
    this.scan = scan;
    this.lastSequence = lastSequence;
    this.where = where;
  }

  /** Takes all events that are written now; holds no tailer in between. */
  synchronized StateRegistry refresh() {
    if (lastSequence.getAsLong() < next) {
      return this;
    }
    next = Math.max(next, scan.scan(next, this::take));
    return this;
  }

  private void take(EventView view, Function<EventView, Event> decode) {
    if (view.sequence() >= next) {
      next = view.sequence() + 1;
      boolean wanted = Arrays.stream(TYPES).anyMatch(type -> type == view.typeId());
      if (wanted && !without.contains(view.sequence())) {
        apply(view, decode.apply(view));
      }
    }
  }

  private void apply(EventView view, Event event) {
    if (event instanceof QuantumStateSaved saved) {
      SavedState version = SavedState.of(view.sequence(), view.logTime(), saved);
      versions.put(version.sequence(), version);
      byId.computeIfAbsent(version.id(), id -> new TreeMap<>()).put(version.sequence(), version);
    } else if (event instanceof QuantumStateRemoved removed) {
      remove(removed.saved());
    } else if (event instanceof StateExported exported && versions.containsKey(exported.source())) {
      exports.put(exported.source(), exported);
    }
  }

  private void remove(long sequence) {
    exports.remove(sequence);
    SavedState version = versions.remove(sequence);
    if (version != null) {
      NavigableMap<Long, SavedState> others = byId.get(version.id());
      if (others != null) {
        others.remove(sequence);
        if (others.isEmpty()) {
          byId.remove(version.id());
        }
      }
    }
  }

  /** The newest version of a state. */
  synchronized Optional<SavedState> newest(String id) {
    NavigableMap<Long, SavedState> found = byId.get(id);
    return found == null ? Optional.empty() : Optional.of(found.lastEntry().getValue());
  }

  /** The newest version of a state. */
  synchronized SavedState require(String id) {
    return newest(id).orElseThrow(() -> new StateNotFoundException(id, where, nearest(id)));
  }

  /** The newest version of a state at or below a sequence. */
  synchronized SavedState require(String id, long sequence) {
    NavigableMap<Long, SavedState> found = byId.get(id);
    Map.Entry<Long, SavedState> entry = found == null ? null : found.floorEntry(sequence);
    if (entry == null) {
      throw new StateNotFoundException(id + "@" + sequence, where, nearest(id));
    }
    return entry.getValue();
  }

  /** The newest version of every state, in the order they were saved. */
  synchronized List<SavedState> list() {
    List<SavedState> list = new ArrayList<>();
    byId.values().forEach(found -> list.add(found.lastEntry().getValue()));
    list.sort(Comparator.comparingLong(SavedState::sequence));
    return list;
  }

  /** Every version of a state, oldest first. */
  synchronized List<SavedState> versions(String id) {
    NavigableMap<Long, SavedState> found = byId.get(id);
    return found == null ? List.of() : List.copyOf(found.values());
  }

  /** Whether the version of a sequence is not removed. */
  synchronized boolean has(long sequence) {
    return versions.containsKey(sequence);
  }

  /** Every version of every state, oldest first. */
  synchronized List<SavedState> all() {
    return List.copyOf(versions.values());
  }

  /** The newest export of a version. */
  synchronized @Nullable StateExported exportOf(long sequence) {
    return exports.get(sequence);
  }

  /** The sequence of the oldest version, -1 without any. */
  synchronized long oldest() {
    return versions.isEmpty() ? -1 : versions.firstKey();
  }

  synchronized List<String> nearest(String id) {
    return nearest(id, byId.keySet(), NEAREST);
  }

  /** Those of some ids that look most like one. */
  static List<String> nearest(String id, Collection<String> ids, int limit) {
    return ids.stream()
        .sorted(
            Comparator.comparingInt((String other) -> EditDistance.between(id, other))
                .thenComparing(Comparator.naturalOrder()))
        .limit(limit)
        .toList();
  }
}
