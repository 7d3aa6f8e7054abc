// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The 2^n amplitudes of n qubits. Amplitude b belongs to the basis state whose bit q is qubit q.
 *
 * <p>Deterministic: the same calls give the same bits in every JVM, since nothing but IEEE
 * arithmetic in a fixed order and {@link StrictMath} is used. Mutable; for one thread.
 */
public final class StateVector {
  /** Most qubits: 1 GiB. */
  public static final int MAX_QUBITS = 26;

  /** Most shots drawn at once. */
  public static final int MAX_SHOTS = 10_000_000;

  private final int qubits;
  private final double[] amplitudes;

  private StateVector(int qubits, double[] amplitudes) {
    this.qubits = qubits;
    this.amplitudes = amplitudes;
  }

  /**
   * All qubits 0.
   *
   * @throws StateTooLargeException for more than {@link #MAX_QUBITS}
   */
  public static StateVector zero(int qubits) {
    requireQubits(qubits);
    double[] amplitudes = new double[2 << qubits];
    amplitudes[0] = 1;
    return new StateVector(qubits, amplitudes);
  }

  /** A view of real and imaginary parts in turn; they need not be normalised. */
  public static StateVector of(double[] interleaved) {
    int qubits = Integer.numberOfTrailingZeros(interleaved.length) - 1;
    if (interleaved.length < 4 || Integer.bitCount(interleaved.length) != 1) {
      throw new IllegalArgumentException(
          "A state vector has 2·2^n numbers, at least 4, but this has " + interleaved.length);
    }
    requireQubits(qubits);
    return new StateVector(qubits, interleaved);
  }

  static void requireQubits(int qubits) {
    if (qubits < 1) {
      throw new IllegalArgumentException(
          "A state has at least 1 qubit but was asked for " + qubits);
    }
    if (qubits > MAX_QUBITS) {
      throw new StateTooLargeException(
          "A vector of "
              + qubits
              + " qubits was asked for; at most "
              + MAX_QUBITS
              + " are made. Use MPS tensors, or fewer qubits.");
    }
  }

  /** How many qubits. */
  public int qubits() {
    return qubits;
  }

  /** How many amplitudes. */
  public int length() {
    return 1 << qubits;
  }

  /** The amplitudes themselves, real and imaginary part in turn. */
  public double[] amplitudes() {
    return amplitudes;
  }

  /** A view of the amplitudes as a tensor of one dimension. */
  public Tensor tensor() {
    return Tensor.complex128(amplitudes, length());
  }

  /** A copy. */
  public StateVector copy() {
    return new StateVector(qubits, amplitudes.clone());
  }

  /**
   * Applies a gate.
   *
   * @param parameters those of the circuit
   */
  public StateVector apply(Gate gate, double... parameters) {
    GateKernels.apply(this, gate, parameters);
    return this;
  }

  /**
   * Applies all gates of a circuit.
   *
   * @throws IllegalArgumentException when it has more qubits, or other parameters
   */
  public StateVector apply(Circuit circuit, double... parameters) {
    circuit.requireParameters(parameters);
    if (circuit.qubits() > qubits) {
      throw new IllegalArgumentException(
          "The circuit has " + circuit.qubits() + " qubits, the state " + qubits);
    }
    for (Gate gate : circuit.gates()) {
      GateKernels.apply(this, gate, parameters);
    }
    return this;
  }

  /** Sum of all probabilities; 1 but for rounding when the state is normalised. */
  public double norm() {
    double sum = 0;
    for (double part : amplitudes) {
      sum += part * part;
    }
    return sum;
  }

  /** Probability of a basis state, of a normalised state. */
  public double probability(int basis) {
    double re = amplitudes[2 * basis];
    double im = amplitudes[2 * basis + 1];
    return re * re + im * im;
  }

  /** {@code |<this|other>|²} of the normalised states: 1 when they are the same up to a phase. */
  public double fidelity(StateVector other) {
    if (other.qubits != qubits) {
      throw new IllegalArgumentException(
          "States of " + qubits + " and " + other.qubits + " qubits have no fidelity");
    }
    double re = 0;
    double im = 0;
    double[] a = amplitudes;
    double[] b = other.amplitudes;
    for (int i = 0; i < a.length; i += 2) {
      re += a[i] * b[i] + a[i + 1] * b[i + 1];
      im += a[i] * b[i + 1] - a[i + 1] * b[i];
    }
    return (re * re + im * im) / (norm() * other.norm());
  }

  /** Expectation of a product of Pauli operators, of a normalised state. */
  public double expectation(PauliString pauli) {
    return pauli.expectation(this);
  }

  /** Expectation of a sum of Pauli products, of a normalised state. */
  public double expectation(PauliSum sum) {
    return sum.expectation(this);
  }

  /**
   * Measures all qubits several times, each time in a fresh copy.
   *
   * @param shots 1 to {@link #MAX_SHOTS}
   * @param seed the same seed gives the same outcomes
   * @return the basis states in the order they were drawn
   */
  public int[] sample(int shots, long seed) {
    if (shots < 1 || shots > MAX_SHOTS) {
      throw new IllegalArgumentException("shots must be 1 to " + MAX_SHOTS + " but was " + shots);
    }
    SplitMix random = new SplitMix(seed);
    double total = norm();
    double[] draws = new double[shots];
    for (int i = 0; i < shots; i++) {
      draws[i] = random.nextDouble() * total;
    }
    double[] sorted = draws.clone();
    Arrays.sort(sorted);
    int[] ordered = outcomes(sorted);
    int[] outcomes = new int[shots];
    for (int i = 0; i < shots; i++) {
      // Equal draws have equal outcomes, so any of their places will do.
      outcomes[i] = ordered[Arrays.binarySearch(sorted, draws[i])];
    }
    return outcomes;
  }

  /** One pass over the amplitudes for draws in rising order. */
  private int[] outcomes(double[] sorted) {
    int[] outcomes = new int[sorted.length];
    double below = 0;
    int next = 0;
    int last = 0;
    for (int basis = 0; basis < length() && next < sorted.length; basis++) {
      double probability = probability(basis);
      if (probability > 0) {
        last = basis;
        below += probability;
        while (next < sorted.length && sorted[next] < below) {
          outcomes[next++] = basis;
        }
      }
    }
    Arrays.fill(outcomes, next, outcomes.length, last);
    return outcomes;
  }

  /** As {@link #sample}, counted: how often each basis state came, in their order. */
  public SortedMap<Integer, Integer> counts(int shots, long seed) {
    SortedMap<Integer, Integer> counts = new TreeMap<>();
    for (int outcome : sample(shots, seed)) {
      counts.merge(outcome, 1, Integer::sum);
    }
    return counts;
  }

  /** How many qubits. */
  @Override
  public String toString() {
    return "StateVector[" + qubits + " qubits]";
  }
}
