// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.rebuild;

import dev.ringfold.EventLog;
import dev.ringfold.writers.checkpoint.quantum.Circuit;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.QuantumStore;
import dev.ringfold.writers.checkpoint.quantum.Recipe;
import dev.ringfold.writers.checkpoint.quantum.SavedState;
import dev.ringfold.writers.checkpoint.quantum.ScrubReport;
import dev.ringfold.writers.checkpoint.quantum.StatePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;

/** Does with quantum states what a program does with them, at random. */
final class StateWork implements AutoCloseable {
  private final QuantumStore states;
  private final SplittableRandom random;

  StateWork(EventLog log, SplittableRandom random) {
    this.random = random;
    StatePolicy policy = random.nextBoolean() ? StatePolicy.RAW : StatePolicy.RECIPE;
    this.states = QuantumStore.on(log).policy(policy).open();
  }

  void act() throws IOException {
    List<SavedState> all = states.list();
    int action = all.isEmpty() ? 0 : random.nextInt(8);
    switch (action) {
      case 1 -> states.optimize();
      case 2 -> scrub();
      case 3 -> states.remove(any(all).id(), "no longer wanted");
      case 4 -> export(any(all));
      default -> save();
    }
  }

  /** Each thing once. */
  void everything() throws IOException {
    save();
    scrub();
    export(any(states.list()));
    states.remove(any(states.list()).id(), "no longer wanted");
    save();
    states.optimize();
  }

  private SavedState any(List<SavedState> all) {
    return all.get(random.nextInt(all.size()));
  }

  private void save() {
    int qubits = random.nextInt(2, 7);
    Circuit.Builder circuit = Circuit.builder(qubits);
    for (int i = 0; i < qubits; i++) {
      circuit.h(i).rx(i, random.nextDouble());
    }
    Instant time = Instant.ofEpochSecond(random.nextInt(1_000_000));
    states
        .save(
            QuantumState.builder("state-" + random.nextInt(4), qubits)
                .recipe(Recipe.of(circuit.build()))
                .timestamp(time)
                .build())
        .join();
  }

  private void scrub() {
    ScrubReport report = states.scrub();
    if (!report.damaged().isEmpty()) {
      throw new IllegalStateException("damaged: " + report.damaged());
    }
  }

  private void export(SavedState version) throws IOException {
    Path file = Files.createTempFile("state", ".export");
    try {
      Files.writeString(file, version.id() + random.nextInt());
      states.recordExport(version, "export-" + random.nextInt(9), "json", file);
    } finally {
      Files.delete(file);
    }
  }

  /** Gives all of them up, so that nothing of them keeps retention from its work. */
  void giveUp() {
    for (SavedState state : states.list()) {
      states.remove(state.id(), "the end");
    }
    states.optimize();
  }

  @Override
  public void close() {
    states.close();
  }
}
