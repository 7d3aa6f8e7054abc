// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

import dev.ringfold.call.CallResult;
import dev.ringfold.call.PaidCalls;
import dev.ringfold.call.Provider;
import dev.ringfold.writers.checkpoint.quantum.PauliSum;
import dev.ringfold.writers.checkpoint.quantum.Recipe;
import java.nio.charset.StandardCharsets;

/**
 * Measures energies: one paid job for each basis. The key of a job says what it is for, so a run
 * that is killed and goes on asks for the same jobs again and pays for none of them twice. Used by
 * one thread.
 */
final class EnergyMeter {
  private final PaidCalls calls;
  private final Provider computer;
  private int circuits;
  private int recorded;
  private long shots;
  private double cost;

  EnergyMeter(PaidCalls calls, Provider computer) {
    this.calls = calls;
    this.computer = computer;
  }

  /**
   * The energy of the circuit with these angles.
   *
   * @param key what it is for, unique in the run
   */
  double measure(String key, double[] angles, int shotsPerBasis) {
    double energy = Molecule.NUCLEAR_REPULSION;
    for (String basis : Molecule.BASES) {
      String name = key + "/" + basis;
      Recipe recipe = Recipe.of(Ansatz.circuit(basis), angles, seed(name));
      byte[] job = SamplingBackend.job(recipe, shotsPerBasis).getBytes(StandardCharsets.UTF_8);
      CallResult result =
          calls.submitOnce(name, job, SamplingBackend.price(shotsPerBasis), computer);
      energy += energy(basis, result.text(), shotsPerBasis);
      circuits++;
      recorded += result.recorded() ? 1 : 0;
      shots += shotsPerBasis;
      cost += result.cost();
    }
    return energy;
  }

  /** Different for every job, the same one in every run. */
  private static long seed(String name) {
    long seed = 1125899906842597L;
    for (int i = 0; i < name.length(); i++) {
      seed = 31 * seed + name.charAt(i);
    }
    return seed & Long.MAX_VALUE;
  }

  /** What the counts say about the terms of a basis. */
  private static double energy(String basis, String counts, int shotsPerBasis) {
    double energy = 0;
    for (PauliSum.Term term : Molecule.terms(basis)) {
      int measured = term.pauli().flips() | term.pauli().signs();
      long sum = 0;
      for (String entry : counts.split(" ")) {
        int colon = entry.indexOf(':');
        int outcome = Integer.parseInt(entry.substring(0, colon));
        long count = Long.parseLong(entry.substring(colon + 1));
        sum += (Integer.bitCount(outcome & measured) & 1) == 0 ? count : -count;
      }
      energy += term.factor() * sum / shotsPerBasis;
    }
    return energy;
  }

  /** Circuits asked for in this process. */
  int circuits() {
    return circuits;
  }

  /** Those of them whose result was in the log. */
  int recorded() {
    return recorded;
  }

  /** Shots of all circuits. */
  long shots() {
    return shots;
  }

  /** What they cost, now or when they were made. */
  double cost() {
    return cost;
  }
}
