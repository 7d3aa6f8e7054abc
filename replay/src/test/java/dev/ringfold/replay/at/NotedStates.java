// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.at;

import dev.ringfold.writers.checkpoint.quantum.Circuit;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.QuantumStore;
import dev.ringfold.writers.checkpoint.quantum.Recipe;
import dev.ringfold.writers.checkpoint.quantum.SavedState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * Changes quantum states, and notes before and after each change what there are: lines {@code
 * states sequence hash}. Between two equal notes in a row they were the same all the time.
 */
final class NotedStates {
  private static final int IDS = 3;
  private static final int OPTIMIZING = 4;

  private final QuantumStore states;
  private final Path notes;
  private int changes;

  NotedStates(QuantumStore states, Path notes) {
    this.states = states;
    this.notes = notes;
    note();
  }

  /** Saves one, and now and then gives up all versions but the newest. */
  void change() {
    note();
    changes++;
    if (changes % OPTIMIZING == 0) {
      states.optimize();
    } else {
      Circuit circuit = Circuit.builder(2).h(0).rx(1, changes).build();
      states
          .save(
              QuantumState.builder("state-" + changes % IDS, 2)
                  .recipe(Recipe.of(circuit))
                  .timestamp(Instant.ofEpochSecond(changes))
                  .build())
          .join();
    }
    note();
  }

  /** Notes what there is now. */
  void note() {
    List<SavedState> all =
        states.list().stream()
            .flatMap(state -> states.versions(state.id()).stream())
            .sorted(Comparator.comparingLong(SavedState::sequence))
            .toList();
    try {
      Files.writeString(
          notes,
          TimeTravelWriter.STATES
              + " "
              + Math.max(0, states.log().lastSequence())
              + " "
              + Fingerprints.states(all)
              + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
