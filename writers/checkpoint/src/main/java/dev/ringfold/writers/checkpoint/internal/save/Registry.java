// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.save;

import dev.ringfold.EventCodecException;
import dev.ringfold.EventView;
import dev.ringfold.Tailer;
import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.CheckpointCommitted;
import dev.ringfold.event.CheckpointExpired;
import dev.ringfold.event.CheckpointLabelled;
import dev.ringfold.event.CheckpointPinned;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventType;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.QuantumStateRemoved;
import dev.ringfold.event.QuantumStateSaved;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.checkpoint.EventScan;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the log says about checkpoints and states: which there are, which were given up, and which
 * blobs other events name. A fold of the log's events that goes on where it was whenever it is
 * asked to catch up; in between it holds no tailer, so retention never waits for it. Thread-safe.
 */
public final class Registry {
  /** Most reasons of given up checkpoints that are remembered for messages. */
  private static final int MAX_REASONS = 1_024;

  /** Most blobs named by events of users' own types. */
  private static final int MAX_NAMED = 1 << 21;

  private final EventScan scan;
  private final LongSupplier newest;
  private final EventTypes types;
  private final Set<Long> without;
  private final BitSet wanted = new BitSet();
  private final TreeMap<Long, CheckpointSummary> live = new TreeMap<>();
  private final Map<Long, BlobRef> states = new TreeMap<>();
  private final Map<Long, BlobRef> givenUp = new TreeMap<>();
  private final Map<Long, String> reasons = new LinkedHashMap<>();
  private final Set<BlobId> named = new HashSet<>();
  private String problem = "";
  private long next;

  /**
   * @param tailers opens tailers over the log
   * @param newest the newest sequence there is, or any above it when that is not known
   * @param types the types the log knows
   */
  public Registry(Supplier<Tailer.Builder> tailers, LongSupplier newest, EventTypes types) {
    this(EventScan.of(tailers), newest, types, Set.of());
  }

  /**
   * @param scan gives the log's events
   * @param newest as in the shorter form
   * @param types the types the log knows
   * @param without sequences of events that are passed over
   */
  public Registry(EventScan scan, LongSupplier newest, EventTypes types, Set<Long> without) {
    this.without = Set.copyOf(without);
    this.scan = scan;
    this.newest = newest;
    this.types = types;
    wanted.set(BuiltinTypes.CHECKPOINT_COMMITTED.id(), BuiltinTypes.QUANTUM_STATE_REMOVED.id() + 1);
    types.all().stream().filter(EventType::namesBlobs).forEach(type -> wanted.set(type.id()));
  }

  /** Takes in what was written since the last time. */
  public synchronized void catchUp() {
    if (newest.getAsLong() < next) {
      return;
    }
    next = Math.max(next, scan.scan(next, this::take));
  }

  private void take(EventView view, Function<EventView, Event> decode) {
    if (view.sequence() < next) {
      return;
    }
    next = view.sequence() + 1;
    if (without.contains(view.sequence())) {
      return;
    }
    if (!wanted.get(view.typeId())) {
      noteUnknown(view);
      return;
    }
    Event event;
    try {
      event = decode.apply(view);
      noteBlobs(event);
    } catch (EventCodecException e) {
      problem = "event " + view.sequence() + " cannot be decoded: " + e.getMessage();
      return;
    }
    apply(event, view);
  }

  /** Only a program that knows the type can say which blobs such an event names. */
  private void noteUnknown(EventView view) {
    if (view.typeId() >= EventType.MIN_USER_ID
        && problem.isEmpty()
        && types.byId(view.typeId()) == null) {
      problem =
          "event "
              + view.sequence()
              + " has the type "
              + view.typeId()
              + ", which this program has not registered; the program that has can free the space";
    }
  }

  private void noteBlobs(Event event) {
    EventType<?> type = types.byClass(event.getClass());
    if (type != null && type.namesBlobs()) {
      type.blobs(event).forEach(ref -> named.add(ref.id()));
      if (named.size() > MAX_NAMED) {
        problem = "events name more than " + MAX_NAMED + " blobs";
      }
    }
  }

  private void apply(Event event, EventView view) {
    if (event instanceof CheckpointCommitted fact) {
      CheckpointSummary summary =
          CheckpointSummary.of(fact, view.sequence(), view.stream().name(), view.logTime());
      takeLabel(fact.label());
      live.put(view.sequence(), summary);
    } else if (event instanceof CheckpointPinned fact) {
      live.computeIfPresent(
          fact.checkpoint(), (key, old) -> old.withPin(fact.pinned(), fact.reason()));
    } else if (event instanceof CheckpointLabelled fact) {
      takeLabel(fact.label());
      live.computeIfPresent(fact.checkpoint(), (key, old) -> old.withLabel(fact.label()));
    } else if (event instanceof CheckpointExpired fact) {
      CheckpointSummary gone = live.remove(fact.checkpoint());
      if (gone != null) {
        givenUp.put(fact.checkpoint(), gone.manifest());
        remember(gone, fact.reason());
      }
    } else if (event instanceof QuantumStateSaved fact) {
      states.put(view.sequence(), fact.manifest());
    } else if (event instanceof QuantumStateRemoved fact) {
      BlobRef gone = states.remove(fact.saved());
      if (gone != null) {
        givenUp.put(fact.saved(), gone);
      }
    } else if (types.byClass(event.getClass()) == null) {
      problem = "event " + view.sequence() + " was written by a newer version: " + event;
    }
  }

  /** A label belongs to one checkpoint: who had it before loses it. */
  private void takeLabel(String label) {
    if (!label.isEmpty()) {
      live.replaceAll((key, old) -> old.label().equals(label) ? old.withLabel("") : old);
    }
  }

  private void remember(CheckpointSummary gone, String reason) {
    reasons.put(
        gone.sequence(),
        "epoch " + gone.epoch() + " of run '" + gone.run() + "' was given up: " + reason);
    if (reasons.size() > MAX_REASONS) {
      reasons.remove(reasons.keySet().iterator().next());
    }
  }

  /** The checkpoints that can be loaded, oldest first. */
  public synchronized List<CheckpointSummary> live() {
    return List.copyOf(live.values());
  }

  /** The checkpoint of this sequence, when it can be loaded. */
  public synchronized Optional<CheckpointSummary> find(long sequence) {
    return Optional.ofNullable(live.get(sequence));
  }

  /** Why the checkpoint of this sequence cannot be loaded any more; empty when nothing is known. */
  public synchronized String reason(long sequence) {
    return reasons.getOrDefault(sequence, "");
  }

  /** The manifests of all checkpoints and states that can be loaded, by sequence. */
  public synchronized Map<Long, BlobRef> manifests() {
    Map<Long, BlobRef> all = new TreeMap<>(states);
    live.forEach((sequence, summary) -> all.put(sequence, summary.manifest()));
    return all;
  }

  /** The manifests of what was given up and is not collected yet, by sequence. */
  public synchronized Map<Long, BlobRef> givenUp() {
    return new TreeMap<>(givenUp);
  }

  /** Takes note that all of it was collected. */
  synchronized void collected(long sequence) {
    givenUp.remove(sequence);
  }

  /** Whether an event of a user's type names this blob. */
  synchronized boolean isNamed(BlobId id) {
    return named.contains(id);
  }

  /** Why it is not known which blobs events name; null when it is. */
  public synchronized @Nullable String problem() {
    return problem.isEmpty() ? null : problem;
  }

  /** The sequence of the oldest checkpoint that can be loaded, -1 when there is none. */
  public synchronized long oldest() {
    return live.isEmpty() ? -1 : live.firstKey();
  }
}
