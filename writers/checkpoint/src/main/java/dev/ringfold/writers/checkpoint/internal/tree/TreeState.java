// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.tree;

import dev.ringfold.event.CheckpointCommitted;
import dev.ringfold.event.CheckpointExpired;
import dev.ringfold.event.CheckpointLabelled;
import dev.ringfold.event.CheckpointPinned;
import dev.ringfold.event.Event;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** The checkpoints that events speak about, by sequence. Used by one thread. */
final class TreeState {
  /** Most checkpoints that were given up and are still listed: the newest. */
  static final int MAX_EXPIRED = 1_000;

  private final TreeMap<Long, TreeEntry> entries = new TreeMap<>();
  private int expired;

  TreeState() {}

  TreeState(List<TreeEntry> known) {
    known.forEach(this::put);
  }

  /** All of them, oldest first. */
  Collection<TreeEntry> entries() {
    return Collections.unmodifiableCollection(entries.values());
  }

  /** Those that were not given up, oldest first. */
  List<TreeEntry> live() {
    List<TreeEntry> live = new ArrayList<>();
    entries.values().stream().filter(entry -> !entry.expired()).forEach(live::add);
    return live;
  }

  /**
   * Takes an event.
   *
   * @throws dev.ringfold.writers.checkpoint.format.FormatException when its metadata is no JSON
   *     object; nothing of it was taken then
   */
  void apply(Event event, long sequence, String run, Instant time) {
    if (event instanceof CheckpointCommitted fact) {
      metadata(fact.metadata(), sequence);
      takeLabel(fact.label());
      put(new TreeEntry(CheckpointSummary.of(fact, sequence, run, time), false, ""));
    } else if (event instanceof CheckpointPinned fact) {
      change(
          fact.checkpoint(),
          entry -> entry.with(entry.summary().withPin(fact.pinned(), fact.reason())));
    } else if (event instanceof CheckpointLabelled fact) {
      takeLabel(fact.label());
      change(fact.checkpoint(), entry -> entry.with(entry.summary().withLabel(fact.label())));
    } else if (event instanceof CheckpointExpired fact) {
      change(fact.checkpoint(), entry -> entry.givenUp(fact.reason()));
    }
  }

  /** The metadata of a fact; empty when only the manifest has it. */
  static Map<String, Object> metadata(String json, long sequence) {
    return json.isEmpty()
        ? Map.of()
        : CanonicalJson.parseObject(json, "the metadata of checkpoint " + sequence);
  }

  /** A label belongs to one checkpoint: who had it before loses it. */
  private void takeLabel(String label) {
    if (!label.isEmpty()) {
      entries.replaceAll(
          (key, entry) ->
              entry.summary().label().equals(label)
                  ? entry.with(entry.summary().withLabel(""))
                  : entry);
    }
  }

  private void change(long sequence, UnaryOperator<TreeEntry> change) {
    TreeEntry entry = entries.get(sequence);
    if (entry != null && !entry.expired()) {
      put(change.apply(entry));
    }
  }

  private void put(TreeEntry entry) {
    entries.put(entry.summary().sequence(), entry);
    if (entry.expired() && ++expired > MAX_EXPIRED) {
      entries.values().stream()
          .filter(TreeEntry::expired)
          .findFirst()
          .ifPresent(oldest -> entries.remove(oldest.summary().sequence()));
      expired--;
    }
  }
}
