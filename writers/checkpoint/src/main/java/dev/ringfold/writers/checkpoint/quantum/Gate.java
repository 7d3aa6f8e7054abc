// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import java.util.HashSet;
import java.util.List;

/**
 * One step of a {@link Circuit}.
 *
 * @param kind what it does
 * @param qubits on which qubits, all different; the control comes first
 * @param angles as many as the kind takes
 */
public record Gate(GateKind kind, List<Integer> qubits, List<Angle> angles) {
  /** Copies and checks. */
  public Gate {
    qubits = List.copyOf(qubits);
    angles = List.copyOf(angles);
    if (qubits.size() != kind.qubits() || angles.size() != kind.angles()) {
      throw new IllegalArgumentException(
          "A gate "
              + kind.code()
              + " takes "
              + kind.qubits()
              + " qubits and "
              + kind.angles()
              + " angles but was given "
              + qubits.size()
              + " and "
              + angles.size());
    }
    if (new HashSet<>(qubits).size() != qubits.size()) {
      throw new IllegalArgumentException(
          "A gate " + kind.code() + " acts on different qubits, not on " + qubits);
    }
    for (int qubit : qubits) {
      if (qubit < 0 || qubit >= Circuit.MAX_QUBITS) {
        throw new IllegalArgumentException(
            "A qubit must be 0 to " + (Circuit.MAX_QUBITS - 1) + " but was " + qubit);
      }
    }
  }
}
