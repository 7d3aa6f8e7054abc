// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A state as a chain of small tensors, a matrix product state. States with little entanglement
 * (product states, GHZ, ground states of chains) take a fraction of their vector; random ones take
 * more than it.
 *
 * <p>Tensor i has the shape {@code [left, 2, right]}, the first one's left and the last one's right
 * being 1. Contracted from the first to the last they give the vector in C order, so tensor i is
 * qubit {@code n - 1 - i}. All but the last are left-orthonormal.
 *
 * <p>Truncation projects the state cut by cut onto the largest singular vectors, so what is cut off
 * adds up exactly: the fidelity with the state given is 1 less the discarded weight. Immutable.
 */
public final class Mps {
  /** Most qubits. */
  public static final int MAX_QUBITS = 4_096;

  /** Largest dimension between two tensors. */
  public static final int MAX_BOND = 8_192;

  /** Amplitudes that what is on the way to a vector may have, when that has fewer: 16 MiB. */
  private static final long FREE_AMPLITUDES = 1L << 20;

  /** What rounding may add to the discarded weight of each cut. */
  private static final double ROUNDING_PER_CUT = 1e-14;

  private final List<Tensor> tensors;
  private final int bondDimension;
  private final double fidelityBound;

  private Mps(List<Tensor> tensors, int bondDimension, double fidelityBound) {
    this.tensors = tensors;
    this.bondDimension = bondDimension;
    this.fidelityBound = fidelityBound;
  }

  /**
   * Decomposes a vector.
   *
   * @param interleaved real and imaginary parts in turn, 2·2^n of them, not all zero; not changed
   * @param maxBond largest dimension between two tensors, kept whatever it costs
   * @param maxError how much fidelity may be given up where {@code maxBond} does not ask for more:
   *     0 to below 1; 0 cuts off nothing but rounding
   */
  public static Mps of(double[] interleaved, int maxBond, double maxError) {
    StateVector state = StateVector.of(interleaved);
    if (maxBond < 1 || maxBond > MAX_BOND || !(maxError >= 0 && maxError < 1)) {
      throw new IllegalArgumentException(
          "maxBond must be 1 to "
              + MAX_BOND
              + " and maxError 0 to below 1 but they were "
              + maxBond
              + " and "
              + maxError);
    }
    double norm = state.norm();
    if (!(norm > 0) || Double.isInfinite(norm)) {
      throw new IllegalArgumentException("A state's norm must be more than 0 but is " + norm);
    }
    return new Decomposition(interleaved, state.qubits(), norm, maxBond, maxError).run();
  }

  /**
   * A chain of tensors from elsewhere.
   *
   * @param fidelityBound what is known of their fidelity, NaN for nothing
   * @throws IllegalArgumentException when they do not fit each other
   */
  public static Mps ofTensors(List<Tensor> tensors, double fidelityBound) {
    if (tensors.isEmpty() || tensors.size() > MAX_QUBITS) {
      throw new IllegalArgumentException(
          "An MPS has 1 to " + MAX_QUBITS + " tensors but this has " + tensors.size());
    }
    long left = 1;
    long largest = 1;
    for (int i = 0; i < tensors.size(); i++) {
      Tensor tensor = tensors.get(i);
      if (tensor.dtype() != DType.COMPLEX128
          || tensor.dimensions() != 3
          || tensor.dimension(0) != left
          || tensor.dimension(1) != 2
          || tensor.dimension(2) < 1
          || tensor.dimension(2) > MAX_BOND) {
        throw new IllegalArgumentException(
            "MPS tensor "
                + i
                + " must be COMPLEX128["
                + left
                + ", 2, 1.."
                + MAX_BOND
                + "] but is "
                + tensor);
      }
      left = tensor.dimension(2);
      largest = Math.max(largest, left);
    }
    if (left != 1) {
      throw new IllegalArgumentException(
          "The last dimension of an MPS's last tensor must be 1 but is " + left);
    }
    return new Mps(List.copyOf(tensors), (int) largest, fidelityBound);
  }

  /** Whether tensors are a chain as {@link #ofTensors} takes it. */
  static boolean isChain(List<Tensor> tensors) {
    try {
      return ofTensors(tensors, Double.NaN).qubits() > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** How many qubits: one for each tensor. */
  public int qubits() {
    return tensors.size();
  }

  /** The tensors, each {@code COMPLEX128[left, 2, right]}. */
  public List<Tensor> tensors() {
    return tensors;
  }

  /** Largest dimension between two tensors. */
  public int bondDimension() {
    return bondDimension;
  }

  /** Least fidelity with the state it was made from; 1 when nothing was cut off, NaN unknown. */
  public double fidelityBound() {
    return fidelityBound;
  }

  /** Bytes of all elements. */
  public long bytes() {
    return tensors.stream().mapToLong(Tensor::bytes).sum();
  }

  /**
   * Whether tensors are a chain that {@link #toVector} makes a vector of so many qubits of. The
   * dimension between two of them may be larger than any state needs, as long as contracting them
   * takes no more memory than the vector.
   */
  static boolean givesVector(List<Tensor> tensors, int qubits) {
    return tensors.size() == qubits
        && qubits <= StateVector.MAX_QUBITS
        && isChain(tensors)
        && largestProduct(tensors) <= mostAmplitudes(qubits);
  }

  private static long mostAmplitudes(int qubits) {
    return Math.max(1L << qubits, FREE_AMPLITUDES);
  }

  /** Amplitudes of the largest array on the way to the vector. */
  private static long largestProduct(List<Tensor> tensors) {
    int qubits = tensors.size();
    long largest = 1L << qubits;
    for (int i = 0; i < qubits; i++) {
      Tensor tensor = tensors.get(i);
      long product =
          i < qubits / 2 ? tensor.dimension(2) << (i + 1) : tensor.dimension(0) << (qubits - i);
      largest = Math.max(largest, product);
    }
    return largest;
  }

  /**
   * Contracts the chain: both halves, and then the two.
   *
   * @throws StateTooLargeException for more than {@link StateVector#MAX_QUBITS} qubits, and when
   *     the dimensions between the tensors ask for far more memory than the vector
   */
  public StateVector toVector() {
    StateVector.requireQubits(qubits());
    if (largestProduct(tensors) > mostAmplitudes(qubits())) {
      throw new StateTooLargeException(
          this
              + " cannot be contracted: with its dimensions that takes an array of "
              + largestProduct(tensors)
              + " amplitudes, and the vector has "
              + (1L << qubits())
              + ". Truncate it, no state of so many qubits needs such dimensions.");
    }
    int half = qubits() / 2;
    double[] left = {1, 0};
    for (int i = 0; i < half; i++) {
      Tensor tensor = tensors.get(i);
      left =
          product(
              left,
              1 << i,
              (int) tensor.dimension(0),
              tensor.toDoubles(),
              2 * (int) tensor.dimension(2));
    }
    double[] right = {1, 0};
    for (int i = qubits() - 1; i >= half; i--) {
      Tensor tensor = tensors.get(i);
      right =
          product(
              tensor.toDoubles(),
              2 * (int) tensor.dimension(0),
              (int) tensor.dimension(2),
              right,
              1 << (qubits() - 1 - i));
    }
    int bond = (int) tensors.get(half).dimension(0);
    return StateVector.of(product(left, 1 << half, bond, right, 1 << (qubits() - half)));
  }

  private static double[] product(double[] a, int rows, int inner, double[] b, int columns) {
    double[] product = new double[Math.multiplyExact(2 * rows, columns)];
    for (int i = 0; i < rows; i++) {
      int to = 2 * i * columns;
      for (int k = 0; k < inner; k++) {
        double re = a[2 * (i * inner + k)];
        double im = a[2 * (i * inner + k) + 1];
        int at = 2 * k * columns;
        for (int j = 0; j < 2 * columns; j += 2) {
          product[to + j] += re * b[at + j] - im * b[at + j + 1];
          product[to + j + 1] += re * b[at + j + 1] + im * b[at + j];
        }
      }
    }
    return product;
  }

  /** Qubits, bond dimension and fidelity bound. */
  @Override
  public String toString() {
    return "Mps["
        + qubits()
        + " qubits, bond "
        + bondDimension
        + ", fidelity >= "
        + fidelityBound
        + "]";
  }

  /** One pass from the first site to the last. */
  private static final class Decomposition {
    private final int qubits;
    private final double norm;
    private final int maxBond;
    private final double maxError;
    private final List<Tensor> tensors = new ArrayList<>();
    private double[] rest;
    private int bond = 1;
    private int largestBond = 1;
    private double discarded;
    private int truncations;

    Decomposition(double[] vector, int qubits, double norm, int maxBond, double maxError) {
      this.rest = vector;
      this.qubits = qubits;
      this.norm = norm;
      this.maxBond = maxBond;
      this.maxError = maxError;
    }

    Mps run() {
      for (int site = 0; site < qubits - 1; site++) {
        cut(site);
      }
      double kept = norm * (1 - discarded);
      double scale = truncations == 0 ? 1 : StrictMath.sqrt(norm / kept);
      double[] last = new double[rest.length];
      for (int i = 0; i < last.length; i++) {
        last[i] = rest[i] * scale;
      }
      tensors.add(Tensor.complex128(last, bond, 2, 1).frozen());
      double bound =
          truncations == 0 ? 1 : Math.max(0, 1 - discarded - truncations * ROUNDING_PER_CUT);
      return new Mps(List.copyOf(tensors), largestBond, bound);
    }

    private void cut(int site) {
      int rows = 2 * bond;
      int columns = rest.length / 2 / rows;
      Svd svd = Svd.of(rest, rows, columns);
      int kept = kept(svd, (maxError - discarded) / (qubits - 1 - site));
      tensors.add(Tensor.complex128(svd.left(kept), bond, 2, kept).frozen());
      rest = svd.right(kept);
      bond = kept;
      largestBond = Math.max(largestBond, kept);
    }

    /** How many singular values stay, and counts what the others weigh. */
    private int kept(Svd svd, double allowance) {
      double[] values = svd.values();
      int rank = svd.rank();
      int kept = rank;
      double weight = 0;
      while (kept > 1) {
        double next = weight + values[kept - 1] * values[kept - 1] / norm;
        if (kept <= maxBond && next > allowance) {
          break;
        }
        weight = next;
        kept--;
      }
      if (kept < rank) {
        truncations++;
        discarded += weight;
      }
      return kept;
    }
  }
}
