// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

/**
 * Whether a store keeps the vectors of states. A vector of n qubits has 16·2^n bytes, so by default
 * it keeps what the vector is made from: the recipe, or MPS tensors.
 *
 * @param raw whether a vector is stored when a state has one
 * @param maxQubits most qubits of a vector that is stored, or made again when a state is loaded; 1
 *     to {@link StateVector#MAX_QUBITS}
 */
public record StatePolicy(boolean raw, int maxQubits) {
  /** The cap unless another one is given: 20 qubits, 16 MiB. */
  public static final int DEFAULT_MAX_QUBITS = 20;

  /** No vectors; states are made again when they are loaded, up to {@link #DEFAULT_MAX_QUBITS}. */
  public static final StatePolicy RECIPE = new StatePolicy(false, DEFAULT_MAX_QUBITS);

  /** Vectors of up to {@link #DEFAULT_MAX_QUBITS}. */
  public static final StatePolicy RAW = new StatePolicy(true, DEFAULT_MAX_QUBITS);

  /** Checks the cap. */
  public StatePolicy {
    if (maxQubits < 1 || maxQubits > StateVector.MAX_QUBITS) {
      throw new IllegalArgumentException(
          "maxQubits must be 1 to " + StateVector.MAX_QUBITS + " but was " + maxQubits);
    }
  }

  /** Vectors of up to so many qubits. */
  public static StatePolicy raw(int maxQubits) {
    return new StatePolicy(true, maxQubits);
  }

  /** This policy with another cap. */
  public StatePolicy withMaxQubits(int qubits) {
    return new StatePolicy(raw, qubits);
  }

  /** {@code RAW} or {@code RECIPE}, as it stands in files. */
  public String label() {
    return raw ? "RAW" : "RECIPE";
  }
}
