// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.writers.checkpoint.format.FormatException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CircuitTest {
  @Test
  void jsonIsTheOneInTheDocumentation() {
    Circuit circuit =
        Circuit.builder(2).h(0).cx(0, 1).rx(1, 0.5).rz(0, Angle.parameter(0, 2.0)).build();

    assertThat(circuit.json())
        .isEqualTo(
            "{\"gates\":[[\"h\",[0]],[\"cx\",[0,1]],[\"rx\",[1],[0.5]],"
                + "[\"rz\",[0],[{\"factor\":2.0,\"parameter\":0}]]],\"qubits\":2,\"version\":1}");
  }

  @Test
  void everyGateSurvivesItsJson() {
    Circuit.Builder builder = Circuit.builder(3);
    for (GateKind kind : GateKind.values()) {
      List<Integer> qubits = kind.qubits() == 1 ? List.of(2) : List.of(2, 0);
      List<Angle> angles =
          List.of(Angle.of(0.1), Angle.parameter(1), Angle.parameter(0, -0.25))
              .subList(0, kind.angles());
      builder.add(new Gate(kind, qubits, angles));
    }
    Circuit circuit = builder.build();

    Circuit parsed = Circuit.parse(circuit.json());

    assertThat(parsed).isEqualTo(circuit);
    assertThat(parsed.json()).isEqualTo(circuit.json());
    assertThat(parsed.gates()).hasSize(GateKind.values().length);
    assertThat(parsed.parameters()).isEqualTo(2);
  }

  @Test
  void recipeKeepsParametersToTheBit() {
    Circuit circuit =
        Circuit.builder(1).ry(0, Angle.parameter(0)).rz(0, Angle.parameter(1)).build();
    Recipe recipe = Recipe.of(circuit, new double[] {Math.PI, 1e-300}, -7);

    Recipe parsed = Recipe.parse(" " + recipe.json() + "\n");

    assertThat(parsed).isEqualTo(recipe);
    assertThat(parsed.parameters()).containsExactly(Math.PI, 1e-300);
    assertThat(parsed.seed()).isEqualTo(-7);
    assertThat(parsed.circuit()).isEqualTo(circuit);
  }

  @Test
  void depthIsTheLongestChain() {
    Circuit circuit = Circuit.builder(3).h(0).h(1).h(2).cx(0, 1).cx(1, 2).x(0).build();

    assertThat(circuit.depth()).isEqualTo(3);
  }

  @Test
  void wrongGatesAreRefused() {
    assertThatThrownBy(() -> Circuit.builder(2).h(2).build())
        .hasMessageContaining("acts on qubit 2 of 2");
    assertThatThrownBy(() -> Circuit.builder(2).cx(1, 1)).hasMessageContaining("different qubits");
    assertThatThrownBy(() -> Angle.of(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Circuit.builder(0)).isInstanceOf(IllegalArgumentException.class);
    Circuit one = Circuit.builder(1).rx(0, Angle.parameter(0)).build();
    assertThatThrownBy(() -> Recipe.of(one)).hasMessageContaining("takes 1 parameters");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{\"gates\":[],\"qubits\":2}",
        "{\"gates\":[],\"qubits\":2,\"version\":2}",
        "{\"gates\":[],\"qubits\":2.5,\"version\":1}",
        "{\"gates\":[],\"qubits\":99999999999,\"version\":1}",
        "{\"gates\":[[\"h\"]],\"qubits\":2,\"version\":1}",
        "{\"gates\":[[\"ccx\",[0]]],\"qubits\":2,\"version\":1}",
        "{\"gates\":[[\"h\",[5]]],\"qubits\":2,\"version\":1}",
        "{\"gates\":[[\"h\",[-1]]],\"qubits\":2,\"version\":1}",
        "{\"gates\":[[\"rx\",[0],[\"a\"]]],\"qubits\":2,\"version\":1}",
        "{\"gates\":[[\"rx\",[0],[{\"parameter\":0}]]],\"qubits\":2,\"version\":1}",
        "{\"gates\":{},\"qubits\":2,\"version\":1}",
      })
  void whatIsNoCircuitIsRefused(String json) {
    assertThatThrownBy(() -> Circuit.parse(json)).isInstanceOf(FormatException.class);
  }

  @Test
  void recipeOfAnotherToolIsKeptButNotRun() {
    Recipe foreign = Recipe.parse("{\"qasm\":\"OPENQASM 3;\"}");

    assertThat(foreign.json()).isEqualTo("{\"qasm\":\"OPENQASM 3;\"}");
    assertThatThrownBy(() -> Simulator.run(foreign)).isInstanceOf(FormatException.class);
  }
}
