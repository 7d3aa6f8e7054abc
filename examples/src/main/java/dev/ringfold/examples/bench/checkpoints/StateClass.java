// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.checkpoints;

import dev.ringfold.writers.checkpoint.quantum.Circuit;
import dev.ringfold.writers.checkpoint.quantum.Mps;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.Simulator;
import dev.ringfold.writers.checkpoint.quantum.StateVector;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Classes of quantum states, as they decide how much a state compresses. Stateless. */
public enum StateClass {
  /** Every qubit turned by another angle, none entangled. */
  PRODUCT(0) {
    @Override
    double[] vector(int qubits, long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      Circuit.Builder circuit = Circuit.builder(qubits);
      for (int q = 0; q < qubits; q++) {
        circuit.ry(q, random.nextDouble(Math.PI)).rz(q, random.nextDouble(Math.PI));
      }
      return Simulator.run(circuit.build()).amplitudes();
    }
  },
  /** All qubits 0, and all qubits 1. */
  GHZ(1) {
    @Override
    double[] vector(int qubits, long seed) {
      Circuit.Builder circuit = Circuit.builder(qubits).h(0);
      for (int q = 1; q < qubits; q++) {
        circuit.cx(q - 1, q);
      }
      return Simulator.run(circuit.build()).amplitudes();
    }
  },
  /** Random tensors of bond dimension 4. */
  MPS(2) {
    @Override
    double[] vector(int qubits, long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      List<Tensor> tensors = new ArrayList<>();
      for (int site = 0; site < qubits; site++) {
        int left = site == 0 ? 1 : BOND;
        int right = site == qubits - 1 ? 1 : BOND;
        double[] values = gaussians(random, 2 * left * 2 * right);
        tensors.add(Tensor.complex128(values, left, 2, right));
      }
      return normalised(Mps.ofTensors(tensors, 1).toVector().amplitudes());
    }
  },
  /** Random in the sense of Haar: nothing can be left out. */
  RANDOM(3) {
    @Override
    double[] vector(int qubits, long seed) {
      return normalised(gaussians(new SplittableRandom(seed), 2 << qubits));
    }
  };

  private static final int BOND = 4;
  private static final int SHOTS = 20;
  private static final int MEASUREMENTS = 20;
  private static final Instant TIME = Instant.parse("2025-06-30T12:34:56.789Z");

  private final int code;

  StateClass(int code) {
    this.code = code;
  }

  /** The class with this {@link #code}. */
  public static StateClass of(int code) {
    return Stream.of(values()).filter(each -> each.code == code).findFirst().orElseThrow();
  }

  /** Its number in calls of a child JVM. */
  public int code() {
    return code;
  }

  abstract double[] vector(int qubits, long seed);

  /** A state with its vector and the results of some measurements. */
  public QuantumState state(int qubits, long seed) {
    double[] vector = vector(qubits, seed);
    StateVector measured = StateVector.of(vector);
    List<Object> measurements = new ArrayList<>();
    for (int i = 0; i < MEASUREMENTS; i++) {
      Map<String, Object> counts = new TreeMap<>();
      measured
          .counts(SHOTS, seed + i)
          .forEach((outcome, count) -> counts.put(bits(outcome, qubits), (long) count));
      measurements.add(Map.of("shots", (long) SHOTS, "counts", counts));
    }
    return QuantumState.builder(label(), qubits)
        .vector(vector)
        .measurementCache(measurements)
        .padValues(0.1, -0.2, 0.3)
        .confidence(0.9)
        .timestamp(TIME)
        .build();
  }

  private static String bits(int outcome, int qubits) {
    String binary = Integer.toBinaryString(outcome);
    return "0".repeat(qubits - binary.length()) + binary;
  }

  private static double[] gaussians(SplittableRandom random, int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextGaussian();
    }
    return values;
  }

  private static double[] normalised(double[] vector) {
    double length = Math.sqrt(StateVector.of(vector).norm());
    for (int i = 0; i < vector.length; i++) {
      vector[i] /= length;
    }
    return vector;
  }

  /** Name in the table. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
