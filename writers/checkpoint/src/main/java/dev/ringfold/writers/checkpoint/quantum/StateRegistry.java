// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.EditDistance;
import dev.ringfold.EventView;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.Event;
import dev.ringfold.event.QuantumStateRemoved;
import dev.ringfold.event.QuantumStateSaved;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Which versions of which states there are: the fold of their events. Thread-safe. */
final class StateRegistry {
  private static final int NEAREST = 3;
  private static final int POLL_EVENTS = 1_024;

  private final Tailer tailer;
  private final String where;
  private final NavigableMap<Long, SavedState> versions = new TreeMap<>();
  private final Map<String, NavigableMap<Long, SavedState>> byId = new TreeMap<>();

  StateRegistry(Tailer.Builder events, String where) {
    this.tailer =
        events
            .types(
                BuiltinTypes.QUANTUM_STATE_SAVED.id(), BuiltinTypes.QUANTUM_STATE_REMOVED.id())
            .open();
    this.where = where;
  }

  /** Takes all events that are written now. */
  synchronized StateRegistry refresh() {
    int count;
    do {
      count = tailer.poll(this::apply, POLL_EVENTS);
    } while (count > 0);
    return this;
  }

  private void apply(EventView view) {
    Event event = tailer.decode(view);
    if (event instanceof QuantumStateSaved saved) {
      SavedState version = SavedState.of(view.sequence(), view.logTime(), saved);
      versions.put(version.sequence(), version);
      byId.computeIfAbsent(version.id(), id -> new TreeMap<>()).put(version.sequence(), version);
    } else if (event instanceof QuantumStateRemoved removed) {
      remove(removed.saved());
    }
  }

  private void remove(long sequence) {
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

  /** Every version of every state, oldest first. */
  synchronized List<SavedState> all() {
    return List.copyOf(versions.values());
  }

  private List<String> nearest(String id) {
    return byId.keySet().stream()
        .sorted(
            Comparator.comparingInt((String other) -> EditDistance.between(id, other))
                .thenComparing(Comparator.naturalOrder()))
        .limit(NEAREST)
        .toList();
  }

  synchronized void close() {
    tailer.close();
  }
}
