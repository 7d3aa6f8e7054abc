// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The gates a {@link Circuit} is made of. Rotations are {@code exp(-i·angle/2·P)}; basis states of
 * two qubits are written {@code |second first>}.
 */
public enum GateKind {
  /** Hadamard. */
  H(1, 0),
  /** Pauli X. */
  X(1, 0),
  /** Pauli Y. */
  Y(1, 0),
  /** Pauli Z. */
  Z(1, 0),
  /** Square root of Z. */
  S(1, 0),
  /** Square root of S. */
  T(1, 0),
  /** Rotation about X. */
  RX(1, 1),
  /** Rotation about Y. */
  RY(1, 1),
  /** Rotation about Z. */
  RZ(1, 1),
  /**
   * Any gate of one qubit, by three angles: {@code [[cos(a/2), -e^ic·sin(a/2)], [e^ib·sin(a/2),
   * e^i(b+c)·cos(a/2)]]}.
   */
  U3(1, 3),
  /** X on the second qubit where the first one is 1. */
  CX(2, 0),
  /** Z on the second qubit where the first one is 1. */
  CZ(2, 0),
  /** Exchanges two qubits. */
  SWAP(2, 0),
  /** RZ on the second qubit where the first one is 1. */
  CRZ(2, 1),
  /** Rotation about ZZ. */
  RZZ(2, 1),
  /** Rotation about XX. */
  RXX(2, 1),
  /** Rotation about YY. */
  RYY(2, 1);

  private final int qubits;
  private final int angles;
  private final String code;

  GateKind(int qubits, int angles) {
    this.qubits = qubits;
    this.angles = angles;
    this.code = name().toLowerCase(Locale.ROOT);
  }

  /** How many qubits it acts on. */
  public int qubits() {
    return qubits;
  }

  /** How many angles it takes. */
  public int angles() {
    return angles;
  }

  /** What it is called in JSON, such as {@code rx}; never changes. */
  public String code() {
    return code;
  }

  static @Nullable GateKind ofCode(String code) {
    for (GateKind kind : values()) {
      if (kind.code.equals(code)) {
        return kind;
      }
    }
    return null;
  }
}
