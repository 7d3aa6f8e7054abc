// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** States of the classes that compression is measured on. */
public final class States {
  private States() {}

  /** No entanglement: one rotation for each qubit, none of them alike. */
  public static Circuit productCircuit(int qubits) {
    Circuit.Builder builder = Circuit.builder(qubits);
    for (int q = 0; q < qubits; q++) {
      builder.ry(q, 0.3 + 0.17 * q).rz(q, 1.1 - 0.05 * q);
    }
    return builder.build();
  }

  /** All qubits alike, half 0 and half 1. */
  public static Circuit ghzCircuit(int qubits) {
    Circuit.Builder builder = Circuit.builder(qubits).h(0);
    for (int q = 1; q < qubits; q++) {
      builder.cx(q - 1, q);
    }
    return builder.build();
  }

  /** The vector of {@link #productCircuit}. */
  public static double[] product(int qubits) {
    return Simulator.run(productCircuit(qubits)).amplitudes();
  }

  /** The vector of {@link #ghzCircuit}. */
  public static double[] ghz(int qubits) {
    return Simulator.run(ghzCircuit(qubits)).amplitudes();
  }

  /** Random in the sense of Haar. */
  public static double[] random(int qubits, long seed) {
    SplitMix random = new SplitMix(seed);
    double[] state = new double[2 << qubits];
    for (int i = 0; i < state.length; i += 2) {
      random.nextGaussians(state, i);
    }
    return normalised(state);
  }

  /** Random tensors with a bond dimension. */
  public static double[] mps(int qubits, int bond, long seed) {
    SplitMix random = new SplitMix(seed);
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < qubits; i++) {
      int left = i == 0 ? 1 : bond;
      int right = i == qubits - 1 ? 1 : bond;
      double[] values = new double[2 * left * 2 * right];
      for (int k = 0; k < values.length; k += 2) {
        random.nextGaussians(values, k);
      }
      tensors.add(Tensor.complex128(values, left, 2, right));
    }
    return normalised(Mps.ofTensors(tensors, 1).toVector().amplitudes());
  }

  /** Little entanglement, with singular values that fall slowly. */
  public static double[] decaying(int qubits, long seed) {
    SplitMix random = new SplitMix(seed);
    Circuit.Builder builder = Circuit.builder(qubits);
    for (int layer = 0; layer < 3; layer++) {
      for (int q = 0; q < qubits; q++) {
        builder.ry(q, random.nextDouble() * 3);
      }
      for (int q = 0; q < qubits - 1; q++) {
        builder.rzz(q, q + 1, random.nextDouble() * 0.3).rxx(q, q + 1, random.nextDouble() * 0.3);
      }
    }
    return Simulator.run(builder.build()).amplitudes();
  }

  private static double[] normalised(double[] state) {
    double norm = Math.sqrt(StateVector.of(state).norm());
    for (int i = 0; i < state.length; i++) {
      state[i] /= norm;
    }
    return state;
  }
}
