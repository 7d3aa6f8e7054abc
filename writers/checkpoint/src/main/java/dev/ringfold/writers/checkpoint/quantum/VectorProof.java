// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.writers.checkpoint.format.FormatException;

/** A vector is only given up for what was seen to give it again. Stateless. */
final class VectorProof {
  /** How alike the vector given and the one made again must be. */
  static final double SAME_FIDELITY = 1 - 1e-9;

  private VectorProof() {}

  /**
   * Refuses vectors that are too large to be made again and compared, whatever cap was set.
   *
   * @throws StateTooLargeException for more than {@link StateVector#MAX_QUBITS} qubits
   */
  static void requireComparable(QuantumState given) {
    if (given.qubits() > StateVector.MAX_QUBITS) {
      throw new StateTooLargeException(
          "The vector of state '"
              + given.id()
              + "' has "
              + given.qubits()
              + " qubits; one that is not stored is compared with what makes it again, and that is"
              + " done for up to "
              + StateVector.MAX_QUBITS
              + ". Save the state without its vector.");
    }
  }

  /**
   * Runs a state's recipe and compares.
   *
   * @return the SHA-256 of the vector that it gives
   * @throws IllegalArgumentException when that is not the state's vector, or it is not known here
   */
  static String byRecipe(QuantumState given, Recipe recipe, double[] vector) {
    int qubits;
    double fidelity = 0;
    try {
      qubits = recipe.circuit().qubits();
      if (qubits == given.qubits()) {
        StateVector made = Simulator.run(recipe);
        fidelity = made.fidelity(StateVector.of(vector));
        if (fidelity >= SAME_FIDELITY) {
          return StateChecksums.sha256(made.tensor());
        }
      }
    } catch (FormatException foreign) {
      throw new IllegalArgumentException(
          "The vector of state '"
              + given.id()
              + "' cannot be given up for a recipe that is not known here: "
              + foreign.getMessage(),
          foreign);
    }
    throw new IllegalArgumentException(
        "The recipe of state '"
            + given.id()
            + "' gives a state of "
            + qubits
            + " qubits with the fidelity "
            + fidelity
            + " to the vector given. Correct it, or store the vector by StatePolicy.RAW.");
  }

  /**
   * The fidelity of a state's MPS tensors with what was given: compared with its vector when there
   * is one; 1 when they are all that was given of it; NaN when that is not known.
   */
  static double ofTensors(QuantumState given) {
    double[] vector = given.vector();
    if (given.mps().isEmpty()) {
      return Double.NaN;
    }
    if (vector == null) {
      return given.recipe() == null ? 1 : Double.NaN;
    }
    if (!Mps.givesVector(given.mps(), given.qubits())) {
      return Double.NaN;
    }
    double fidelity =
        Mps.ofTensors(given.mps(), Double.NaN).toVector().fidelity(StateVector.of(vector));
    return Math.min(1, Math.max(0, fidelity));
  }
}
