// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

import dev.ringfold.writers.checkpoint.quantum.Angle;
import dev.ringfold.writers.checkpoint.quantum.Circuit;

/**
 * The circuit whose three angles are looked for: the occupied orbitals, then one electron of each
 * spin moved, then both. Each angle turns about one product of Pauli operators, so the energy is a
 * sine in each of them.
 */
final class Ansatz {
  static final int PARAMETERS = 3;

  private static final double QUARTER = StrictMath.PI / 2;

  private Ansatz() {}

  /** The state, measured in a basis such as {@code XXYY}, qubit 0 first. */
  static Circuit circuit(String basis) {
    Circuit.Builder circuit = Circuit.builder(Molecule.QUBITS);
    for (int qubit : Molecule.OCCUPIED) {
      circuit.x(qubit);
    }
    turn(circuit, "YX--", 0);
    turn(circuit, "--YX", 1);
    turn(circuit, "YXXX", 2);
    for (int qubit = 0; qubit < Molecule.QUBITS; qubit++) {
      toZ(circuit, basis.charAt(qubit), qubit);
    }
    return circuit.build();
  }

  /** The rotation about a product of Pauli operators by a parameter. */
  private static void turn(Circuit.Builder circuit, String axis, int parameter) {
    int last = -1;
    for (int qubit = 0; qubit < Molecule.QUBITS; qubit++) {
      if (axis.charAt(qubit) != '-') {
        toZ(circuit, axis.charAt(qubit), qubit);
        if (last >= 0) {
          circuit.cx(last, qubit);
        }
        last = qubit;
      }
    }
    circuit.rz(last, Angle.parameter(parameter));
    int next = last;
    for (int qubit = last - 1; qubit >= 0; qubit--) {
      if (axis.charAt(qubit) != '-') {
        circuit.cx(qubit, next);
        fromZ(circuit, axis.charAt(next), next);
        next = qubit;
      }
    }
    fromZ(circuit, axis.charAt(next), next);
  }

  private static void toZ(Circuit.Builder circuit, char axis, int qubit) {
    if (axis == 'X') {
      circuit.h(qubit);
    } else if (axis == 'Y') {
      circuit.rx(qubit, QUARTER);
    }
  }

  private static void fromZ(Circuit.Builder circuit, char axis, int qubit) {
    if (axis == 'X') {
      circuit.h(qubit);
    } else if (axis == 'Y') {
      circuit.rx(qubit, -QUARTER);
    }
  }
}
