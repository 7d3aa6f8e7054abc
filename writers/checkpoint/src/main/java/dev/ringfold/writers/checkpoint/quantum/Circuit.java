// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.writers.checkpoint.format.FormatException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A list of gates on qubits that all begin as 0. Qubit 0 is the least significant bit of a basis
 * state's number, as in Qiskit. Immutable.
 *
 * <p>Its canonical JSON, without blanks:
 *
 * <pre>
 * {"gates":[["h",[0]],["cx",[0,1]],["rx",[1],[0.5]],["rz",[0],[{"factor":2.0,"parameter":0}]]],
 *  "qubits":2,"version":1}
 * </pre>
 */
public final class Circuit {
  /** Most qubits of a circuit; a simulation takes fewer. */
  public static final int MAX_QUBITS = 4_096;

  /** Most gates of a circuit. */
  public static final int MAX_GATES = 1_000_000;

  private final int qubits;
  private final List<Gate> gates;
  private final int parameters;

  private Circuit(int qubits, List<Gate> gates) {
    this.qubits = requireQubits(qubits);
    this.gates = List.copyOf(gates);
    if (this.gates.size() > MAX_GATES) {
      throw new IllegalArgumentException(
          "A circuit has at most " + MAX_GATES + " gates but this has " + gates.size());
    }
    int highest = -1;
    for (Gate gate : this.gates) {
      for (int qubit : gate.qubits()) {
        if (qubit >= qubits) {
          throw new IllegalArgumentException(
              "A gate " + gate.kind().code() + " acts on qubit " + qubit + " of " + qubits);
        }
      }
      for (Angle angle : gate.angles()) {
        highest = Math.max(highest, angle.parameter());
      }
    }
    this.parameters = highest + 1;
  }

  private static int requireQubits(int qubits) {
    if (qubits < 1 || qubits > MAX_QUBITS) {
      throw new IllegalArgumentException(
          "A circuit has 1 to " + MAX_QUBITS + " qubits but this has " + qubits);
    }
    return qubits;
  }

  /** A circuit of these gates. */
  public static Circuit of(int qubits, List<Gate> gates) {
    return new Circuit(qubits, gates);
  }

  /** Begins a circuit. */
  public static Builder builder(int qubits) {
    return new Builder(qubits);
  }

  /**
   * Reads what {@link #json} writes, in any order of keys and with any blanks.
   *
   * @throws FormatException when it is not a circuit
   */
  public static Circuit parse(String json) {
    return CircuitJson.parse(json);
  }

  /** How many qubits. */
  public int qubits() {
    return qubits;
  }

  /** The gates in order. */
  public List<Gate> gates() {
    return gates;
  }

  /** How many parameters its angles refer to: one more than the highest index. */
  public int parameters() {
    return parameters;
  }

  /** Checks that these can be the parameters. */
  void requireParameters(double[] values) {
    if (values.length != parameters) {
      throw new IllegalArgumentException(
          "The circuit takes " + parameters + " parameters but was given " + values.length);
    }
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("A parameter must be finite but one is " + value);
      }
    }
  }

  /** Length of the longest chain of gates that have to wait for each other. */
  public int depth() {
    int[] busy = new int[qubits];
    int deepest = 0;
    for (Gate gate : gates) {
      int layer = 0;
      for (int qubit : gate.qubits()) {
        layer = Math.max(layer, busy[qubit]);
      }
      for (int qubit : gate.qubits()) {
        busy[qubit] = layer + 1;
      }
      deepest = Math.max(deepest, layer + 1);
    }
    return deepest;
  }

  /** The canonical JSON. */
  public String json() {
    return CircuitJson.text(this);
  }

  @Override
  public boolean equals(@org.jspecify.annotations.Nullable Object other) {
    return other instanceof Circuit circuit
        && qubits == circuit.qubits
        && gates.equals(circuit.gates);
  }

  @Override
  public int hashCode() {
    return 31 * qubits + gates.hashCode();
  }

  /** Counts of qubits, gates and parameters. */
  @Override
  public String toString() {
    return "Circuit["
        + qubits
        + " qubits, "
        + gates.size()
        + " gates, "
        + parameters
        + " parameters]";
  }

  /** Adds gates; for one thread. */
  public static final class Builder {
    private final int qubits;
    private final List<Gate> gates = new ArrayList<>();

    private Builder(int qubits) {
      this.qubits = requireQubits(qubits);
    }

    /** Adds any gate. */
    public Builder add(Gate gate) {
      gates.add(gate);
      return this;
    }

    /** Adds all gates of a circuit that has at most as many qubits. */
    public Builder add(Circuit circuit) {
      gates.addAll(circuit.gates());
      return this;
    }

    private Builder one(GateKind kind, int qubit, Angle... angles) {
      return add(new Gate(kind, List.of(qubit), Arrays.asList(angles)));
    }

    private Builder two(GateKind kind, int first, int second, Angle... angles) {
      return add(new Gate(kind, List.of(first, second), Arrays.asList(angles)));
    }

    /** Hadamard. */
    public Builder h(int qubit) {
      return one(GateKind.H, qubit);
    }

    /** Pauli X. */
    public Builder x(int qubit) {
      return one(GateKind.X, qubit);
    }

    /** Pauli Y. */
    public Builder y(int qubit) {
      return one(GateKind.Y, qubit);
    }

    /** Pauli Z. */
    public Builder z(int qubit) {
      return one(GateKind.Z, qubit);
    }

    /** Square root of Z. */
    public Builder s(int qubit) {
      return one(GateKind.S, qubit);
    }

    /** Square root of S. */
    public Builder t(int qubit) {
      return one(GateKind.T, qubit);
    }

    /** Rotation about X. */
    public Builder rx(int qubit, double radians) {
      return rx(qubit, Angle.of(radians));
    }

    /** Rotation about X. */
    public Builder rx(int qubit, Angle angle) {
      return one(GateKind.RX, qubit, angle);
    }

    /** Rotation about Y. */
    public Builder ry(int qubit, double radians) {
      return ry(qubit, Angle.of(radians));
    }

    /** Rotation about Y. */
    public Builder ry(int qubit, Angle angle) {
      return one(GateKind.RY, qubit, angle);
    }

    /** Rotation about Z. */
    public Builder rz(int qubit, double radians) {
      return rz(qubit, Angle.of(radians));
    }

    /** Rotation about Z. */
    public Builder rz(int qubit, Angle angle) {
      return one(GateKind.RZ, qubit, angle);
    }

    /** Any gate of one qubit, see {@link GateKind#U3}. */
    public Builder u3(int qubit, double a, double b, double c) {
      return u3(qubit, Angle.of(a), Angle.of(b), Angle.of(c));
    }

    /** Any gate of one qubit, see {@link GateKind#U3}. */
    public Builder u3(int qubit, Angle a, Angle b, Angle c) {
      return one(GateKind.U3, qubit, a, b, c);
    }

    /** Controlled X. */
    public Builder cx(int control, int target) {
      return two(GateKind.CX, control, target);
    }

    /** Controlled Z. */
    public Builder cz(int control, int target) {
      return two(GateKind.CZ, control, target);
    }

    /** Exchanges two qubits. */
    public Builder swap(int first, int second) {
      return two(GateKind.SWAP, first, second);
    }

    /** Controlled RZ. */
    public Builder crz(int control, int target, double radians) {
      return crz(control, target, Angle.of(radians));
    }

    /** Controlled RZ. */
    public Builder crz(int control, int target, Angle angle) {
      return two(GateKind.CRZ, control, target, angle);
    }

    /** Rotation about ZZ. */
    public Builder rzz(int first, int second, double radians) {
      return rzz(first, second, Angle.of(radians));
    }

    /** Rotation about ZZ. */
    public Builder rzz(int first, int second, Angle angle) {
      return two(GateKind.RZZ, first, second, angle);
    }

    /** Rotation about XX. */
    public Builder rxx(int first, int second, double radians) {
      return rxx(first, second, Angle.of(radians));
    }

    /** Rotation about XX. */
    public Builder rxx(int first, int second, Angle angle) {
      return two(GateKind.RXX, first, second, angle);
    }

    /** Rotation about YY. */
    public Builder ryy(int first, int second, double radians) {
      return ryy(first, second, Angle.of(radians));
    }

    /** Rotation about YY. */
    public Builder ryy(int first, int second, Angle angle) {
      return two(GateKind.RYY, first, second, angle);
    }

    /**
     * The circuit.
     *
     * @throws IllegalArgumentException when a gate acts on a qubit it does not have
     */
    public Circuit build() {
      return new Circuit(qubits, gates);
    }
  }
}
