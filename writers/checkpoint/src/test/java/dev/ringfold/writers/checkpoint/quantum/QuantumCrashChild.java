// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** A process that saves states and optimizes until somebody kills it, and says what is saved. */
public final class QuantumCrashChild {
  static final int QUBITS = 13;
  private static final int OPTIMIZE_EVERY = 3;

  private QuantumCrashChild() {}

  static QuantumState state(String id, long number) {
    return QuantumState.builder(id, QUBITS)
        .vector(States.random(QUBITS, number + id.hashCode()))
        .timestamp(Instant.ofEpochSecond(number))
        .confidence(number)
        .build();
  }

  /** Argument: the store. */
  public static void main(String[] args) {
    QuantumStore store = QuantumStore.builder(Path.of(args[0])).policy(StatePolicy.RAW).open();
    long number = store.find("a").map(saved -> (long) store.load(saved).confidence()).orElse(0L);
    System.out.println("running");
    while (true) {
      number++;
      store.saveAll(List.of(state("a", number), state("b", number))).join();
      System.out.println("saved " + number);
      if (number % OPTIMIZE_EVERY == 0) {
        store.optimize();
      }
    }
  }
}
