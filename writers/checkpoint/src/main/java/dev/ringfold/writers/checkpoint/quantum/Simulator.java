// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.writers.checkpoint.format.FormatException;

/**
 * Runs circuits of up to {@link StateVector#MAX_QUBITS} qubits on all their amplitudes, in plain
 * Java. The same circuit and parameters give the same bits on every machine. Thread-safe.
 */
public final class Simulator {
  private Simulator() {}

  /**
   * Runs a circuit from all qubits 0.
   *
   * @throws StateTooLargeException when it has too many qubits
   * @throws IllegalArgumentException when it takes other parameters
   */
  public static StateVector run(Circuit circuit, double... parameters) {
    circuit.requireParameters(parameters);
    return StateVector.zero(circuit.qubits()).apply(circuit, parameters);
  }

  /**
   * Runs a recipe's circuit with its parameters.
   *
   * @throws FormatException when the recipe is one of another tool
   * @throws StateTooLargeException when it has too many qubits
   */
  public static StateVector run(Recipe recipe) {
    Recipe.Program program = recipe.program();
    return run(program.circuit(), program.parameters());
  }
}
