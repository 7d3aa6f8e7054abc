// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.compat;

import dev.ringfold.writers.checkpoint.Checkpoint;
import dev.ringfold.writers.checkpoint.CheckpointDraft;
import dev.ringfold.writers.checkpoint.CheckpointReader;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.QuantumStore;
import dev.ringfold.writers.checkpoint.quantum.StateCheckpoints;
import dev.ringfold.writers.checkpoint.quantum.format.Hdf5States;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The checkpoints of an {@code .h5} file as those of the log. Used by one thread at a time. */
final class Hdf5Checkpoints implements AutoCloseable {
  private final QuantumStore states;
  private final CheckpointReader reader;

  Hdf5Checkpoints(QuantumStore states) {
    this.states = states;
    this.reader = CheckpointReader.of(states.log());
  }

  private List<CheckpointSummary> summaries() {
    return reader.list().stream().filter(StateCheckpoints::isState).toList();
  }

  boolean isEmpty() {
    return summaries().isEmpty();
  }

  /** The ids of the states they are of; reads no arrays. */
  Set<String> ids() {
    return summaries().stream()
        .map(summary -> id(reader.loadAt(summary.sequence())))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static String id(Checkpoint checkpoint) {
    return checkpoint.metadata().get("quantum_state") instanceof Map<?, ?> document
        ? String.valueOf(document.get("state_id"))
        : StateCheckpoints.id(checkpoint.summary());
  }

  /** Their states for a file, oldest first, each read when it is asked for. */
  Iterable<QuantumState> all() {
    return () -> {
      Set<String> taken = new HashSet<>();
      return summaries().stream().map(summary -> state(summary, taken)).iterator();
    };
  }

  /** Under the id it had in the file it came from; one made elsewhere may need one of its own. */
  private QuantumState state(CheckpointSummary summary, Set<String> taken) {
    QuantumState state = StateCheckpoints.state(reader.loadAt(summary.sequence()));
    int bytes = state.id().getBytes(StandardCharsets.UTF_8).length;
    return bytes <= Hdf5States.MAX_ID_BYTES && taken.add(state.id())
        ? state
        : state.toBuilder().id(StateCheckpoints.id(summary)).build();
  }

  /** Saves checkpoints, one after the other; each is on the disk before the next is asked for. */
  void save(Iterator<QuantumState> checkpoints) {
    long epoch = summaries().stream().mapToLong(CheckpointSummary::epoch).max().orElse(0);
    try (Checkpoints log = Checkpoints.on(states.log()).keepAll().open()) {
      while (checkpoints.hasNext()) {
        QuantumState state = checkpoints.next();
        CheckpointDraft draft = StateCheckpoints.draft(++epoch, state, states.policy().maxQubits());
        log.save(labelled(draft, state.id())).await();
      }
    }
  }

  /** The id is its label too, which keeps it, unless labels may not be so. */
  private static CheckpointDraft labelled(CheckpointDraft draft, String id) {
    try {
      return draft.label(id);
    } catch (IllegalArgumentException noLabel) {
      return draft;
    }
  }

  @Override
  public void close() {
    reader.close();
  }
}
