// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A product of Pauli operators on different qubits, such as {@code X0 Z3}. Immutable.
 *
 * @param flips bits of the qubits with X or Y
 * @param signs bits of the qubits with Z or Y
 */
public record PauliString(int flips, int signs) {
  /** The operator that changes nothing. */
  public static final PauliString IDENTITY = new PauliString(0, 0);

  private static final Pattern FACTOR = Pattern.compile("([XYZ])([0-9]{1,2})");

  /** Checks that no qubit is out of reach. */
  public PauliString {
    if (((flips | signs) >>> StateVector.MAX_QUBITS) != 0) {
      throw new IllegalArgumentException(
          "A Pauli operator acts on qubits 0 to " + (StateVector.MAX_QUBITS - 1));
    }
  }

  /**
   * Reads factors divided by blanks, such as {@code X0 Z3}; {@code I} or nothing is the identity.
   *
   * @throws IllegalArgumentException when it is anything else, or a qubit is there twice
   */
  public static PauliString parse(String text) {
    String trimmed = text.strip();
    if (trimmed.isEmpty() || trimmed.equals("I")) {
      return IDENTITY;
    }
    int flips = 0;
    int signs = 0;
    for (String factor : trimmed.split(" +")) {
      Matcher matcher = FACTOR.matcher(factor);
      int qubit = matcher.matches() ? Integer.parseInt(matcher.group(2)) : StateVector.MAX_QUBITS;
      int bit = qubit < StateVector.MAX_QUBITS ? 1 << qubit : 0;
      if (bit == 0 || ((flips | signs) & bit) != 0) {
        throw new IllegalArgumentException(
            "'"
                + factor
                + "' in '"
                + text
                + "' is not X, Y or Z and a qubit from 0 to "
                + (StateVector.MAX_QUBITS - 1)
                + " that was not named before");
      }
      char operator = factor.charAt(0);
      flips |= operator == 'Z' ? 0 : bit;
      signs |= operator == 'X' ? 0 : bit;
    }
    return new PauliString(flips, signs);
  }

  private void requireFits(StateVector state) {
    if (((flips | signs) >>> state.qubits()) != 0) {
      throw new IllegalArgumentException(
          this + " acts on a qubit that " + state + " does not have");
    }
  }

  double expectation(StateVector state) {
    requireFits(state);
    double[] v = state.amplitudes();
    // The operator takes |j> to i^y · (-1)^parity(j & signs) |j ^ flips>.
    double re = 0;
    double im = 0;
    for (int j = 0; j < state.length(); j++) {
      int k = j ^ flips;
      double sign = (Integer.bitCount(j & signs) & 1) == 0 ? 1 : -1;
      re += sign * (v[2 * k] * v[2 * j] + v[2 * k + 1] * v[2 * j + 1]);
      im += sign * (v[2 * k] * v[2 * j + 1] - v[2 * k + 1] * v[2 * j]);
    }
    return switch (Integer.bitCount(flips & signs) & 3) {
      case 0 -> re;
      case 1 -> -im;
      case 2 -> -re;
      default -> im;
    };
  }

  /** Adds {@code factor} times this operator times the source to the target. */
  void addApplied(double factor, double[] source, double[] target) {
    int ys = Integer.bitCount(flips & signs) & 3;
    for (int j = 0; j < source.length / 2; j++) {
      int k = 2 * (j ^ flips);
      double sign = (Integer.bitCount(j & signs) & 1) == 0 ? factor : -factor;
      double re = sign * source[2 * j];
      double im = sign * source[2 * j + 1];
      target[k] += ys == 0 ? re : ys == 1 ? -im : ys == 2 ? -re : im;
      target[k + 1] += ys == 0 ? im : ys == 1 ? re : ys == 2 ? -im : -re;
    }
  }

  /** What {@link #parse} reads, lowest qubit first. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int qubit = 0; qubit < StateVector.MAX_QUBITS; qubit++) {
      int bit = 1 << qubit;
      if (((flips | signs) & bit) != 0) {
        char operator = (flips & bit) == 0 ? 'Z' : (signs & bit) == 0 ? 'X' : 'Y';
        text.append(text.length() == 0 ? "" : " ").append(operator).append(qubit);
      }
    }
    return text.length() == 0 ? "I" : text.toString();
  }
}
