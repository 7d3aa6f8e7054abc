// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum.format;

import dev.ringfold.writers.checkpoint.quantum.EmotionalContext;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.Recipe;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** States to write and read. */
public final class SampleStates {
  /** Of random tests; printed by them. */
  public static final long SEED = Long.getLong("ringfold.seed", 20_260_801L);

  private static final Instant TIME = Instant.parse("2025-06-30T12:34:56.789Z");

  private SampleStates() {}

  /** A state with every part there is, and a random vector. */
  public static QuantumState full(String id, int qubits, long seed) {
    Random random = new Random(seed);
    return QuantumState.builder(id, qubits)
        .timestamp(TIME.plusMillis(seed % 1_000))
        .vector(randomVector(qubits, random))
        .recipe(Recipe.parse("{\"seed\": 7, \"circuit\": [{\"gate\": \"h\", \"q\": [0]}]}"))
        .mps(mps(qubits, random), 2)
        .padValues(0.7, 0.5, -0.0)
        .confidence(0.95)
        .measurementCache(
            List.of(
                Map.of(
                    "state",
                    Map.of("pad_values", List.of(0.1, 0.2, 0.3)),
                    "counts",
                    Map.of("00", 500)),
                Map.of("text", "ü \u2028 \uD83D\uDE00 \" \\ \n", "big", 1e300, "small", 5e-324)))
        .emotional(new EmotionalContext(rows(4, random), 0.8, rows(9, random)))
        .interfaceConfig(Map.of("n_qubits", qubits, "device", "cpu", "error_mitigation", true))
        .fidelityMetrics(Map.of("average_fidelity", 0.98, "measurement_fidelities", List.of(0.98)))
        .metadata(Map.of("experiment", "bell", "nested", Map.of("a", List.of(1, 2.5, "x"))))
        .build();
  }

  /** A state that is only a recipe. */
  public static QuantumState recipeOnly(String id, int qubits) {
    return full(id, 2, 3).toBuilder().qubits(qubits).vector(null).mps(List.of(), 0).build();
  }

  /** A state with a vector and nothing else. */
  public static QuantumState plain(String id, double[] vector) {
    return QuantumState.builder(id, Integer.numberOfTrailingZeros(vector.length) - 1)
        .timestamp(TIME)
        .vector(vector)
        .build();
  }

  /** Amplitudes of (|0…0⟩ + |1…1⟩)/√2. */
  public static double[] ghz(int qubits) {
    double[] vector = new double[2 << qubits];
    vector[0] = Math.sqrt(0.5);
    vector[vector.length - 2] = Math.sqrt(0.5);
    return vector;
  }

  /** Normalised amplitudes, normally distributed. */
  public static double[] randomVector(int qubits, Random random) {
    double[] vector = new double[2 << qubits];
    double norm = 0;
    for (int i = 0; i < vector.length; i++) {
      vector[i] = random.nextGaussian();
      norm += vector[i] * vector[i];
    }
    for (int i = 0; i < vector.length; i++) {
      vector[i] /= Math.sqrt(norm);
    }
    return vector;
  }

  private static List<Tensor> mps(int qubits, Random random) {
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < qubits; i++) {
      int left = i == 0 ? 1 : 2;
      int right = i == qubits - 1 ? 1 : 2;
      double[] numbers = random.doubles(2L * left * 2 * right).toArray();
      tensors.add(Tensor.complex128(numbers, left, 2, right));
    }
    return tensors;
  }

  private static double[][] rows(int count, Random random) {
    double[][] rows = new double[count][];
    for (int i = 0; i < count; i++) {
      rows[i] = random.doubles(3).toArray();
    }
    return rows;
  }
}
