// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

import dev.ringfold.writers.checkpoint.quantum.PauliString;
import dev.ringfold.writers.checkpoint.quantum.PauliSum;
import dev.ringfold.writers.checkpoint.quantum.StateVector;
import java.util.ArrayList;
import java.util.List;

/**
 * The hydrogen molecule at 0.735 Å in the basis STO-3G, mapped to four qubits as Jordan and Wigner
 * do: qubits 0 and 1 are the two orbitals of one spin, 2 and 3 those of the other. In Hartree.
 */
final class Molecule {
  static final int QUBITS = 4;

  /** What the nuclei add to the energy of the electrons. */
  static final double NUCLEAR_REPULSION = 0.719968994449;

  /** The occupied orbitals without interaction. */
  static final int[] OCCUPIED = {0, 2};

  private static final double PAIR = 0.045232799946057826;
  private static final int POWER_STEPS = 20_000;
  private static final double SHIFT = 3;

  private static final PauliSum HAMILTONIAN =
      PauliSum.zero()
          .plus(-0.8105479805373279, "")
          .plus(0.1721839326191554, "Z0")
          .plus(-0.22575349222402372, "Z1")
          .plus(0.17218393261915543, "Z2")
          .plus(-0.22575349222402372, "Z3")
          .plus(0.12091263261776627, "Z0 Z1")
          .plus(0.16892753870087907, "Z0 Z2")
          .plus(0.1661454325638241, "Z0 Z3")
          .plus(0.1661454325638241, "Z1 Z2")
          .plus(0.17464343068300453, "Z1 Z3")
          .plus(0.12091263261776627, "Z2 Z3")
          .plus(PAIR, "Y0 Y1 Y2 Y3")
          .plus(PAIR, "X0 X1 Y2 Y3")
          .plus(PAIR, "Y0 Y1 X2 X3")
          .plus(PAIR, "X0 X1 X2 X3");

  /** The settings of a measurement: a letter for each qubit, qubit 0 first. */
  static final List<String> BASES = List.of("ZZZZ", "XXXX", "YYYY", "XXYY", "YYXX");

  private Molecule() {}

  /** The energy of the electrons as an operator. */
  static PauliSum hamiltonian() {
    return HAMILTONIAN;
  }

  /** The terms that a measurement in a basis tells about; the constant goes with the first. */
  static List<PauliSum.Term> terms(String basis) {
    List<PauliSum.Term> terms = new ArrayList<>();
    for (PauliSum.Term term : HAMILTONIAN.terms()) {
      if (basis(term.pauli()).equals(basis)) {
        terms.add(term);
      }
    }
    return terms;
  }

  private static String basis(PauliString pauli) {
    StringBuilder letters = new StringBuilder();
    for (int qubit = 0; qubit < QUBITS; qubit++) {
      boolean flips = (pauli.flips() >> qubit & 1) != 0;
      boolean signs = (pauli.signs() >> qubit & 1) != 0;
      letters.append(flips ? signs ? 'Y' : 'X' : 'Z');
    }
    return letters.toString();
  }

  /** The energy of a state, computed, not measured. */
  static double energy(StateVector state) {
    return HAMILTONIAN.expectation(state) + NUCLEAR_REPULSION;
  }

  /**
   * The lowest energy there is, by repeated multiplication with the Hamiltonian: nothing in it
   * depends on the circuits.
   */
  static double exactEnergy() {
    double[] vector = new double[2 << QUBITS];
    for (int i = 0; i < vector.length; i += 2) {
      vector[i] = 1.0 / (1 + i);
    }
    StateVector state = normalized(vector);
    for (int step = 0; step < POWER_STEPS; step++) {
      double[] times = HAMILTONIAN.times(state);
      double[] next = new double[times.length];
      for (int i = 0; i < next.length; i++) {
        next[i] = SHIFT * state.amplitudes()[i] - times[i];
      }
      state = normalized(next);
    }
    return energy(state);
  }

  private static StateVector normalized(double[] vector) {
    double squares = 0;
    for (double part : vector) {
      squares += part * part;
    }
    double norm = StrictMath.sqrt(squares);
    double[] unit = new double[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = vector[i] / norm;
    }
    return StateVector.of(unit);
  }
}
