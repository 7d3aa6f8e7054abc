// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

class SimulatorTest {
  private static final long SEED = Long.getLong("ringfold.seed", 20_250_630L);

  @Test
  void bellPairIsHalfAndHalf() {
    StateVector bell = Simulator.run(Circuit.builder(2).h(0).cx(0, 1).build());

    double half = Math.sqrt(0.5);
    assertThat(bell.amplitudes())
        .containsExactly(new double[] {half, 0, 0, 0, 0, 0, half, 0}, within(1e-15));
    assertThat(bell.expectation(PauliString.parse("Z0 Z1"))).isCloseTo(1, within(1e-15));
    assertThat(bell.expectation(PauliString.parse("X0 X1"))).isCloseTo(1, within(1e-15));
    assertThat(bell.expectation(PauliString.parse("Y0 Y1"))).isCloseTo(-1, within(1e-15));
    assertThat(bell.expectation(PauliString.parse("Z0"))).isCloseTo(0, within(1e-15));
  }

  @Test
  void controlIsTheFirstQubitAndQubitZeroTheLowestBit() {
    StateVector state = Simulator.run(Circuit.builder(3).x(0).cx(0, 2).swap(0, 1).build());

    assertThat(state.probability(0b110)).isEqualTo(1);
  }

  /** Every gate against a matrix of all qubits, put together from the definition of the gate. */
  @Test
  void everyGateIsTheMatrixOfItsDefinition() {
    Random random = new Random(SEED);
    int qubits = 4;
    for (GateKind kind : GateKind.values()) {
      for (int round = 0; round < 6; round++) {
        List<Integer> all = new ArrayList<>(List.of(0, 1, 2, 3));
        java.util.Collections.shuffle(all, random);
        List<Integer> on = all.subList(0, kind.qubits());
        double[] angles = random.doubles(kind.angles(), -7, 7).toArray();
        Gate gate = new Gate(kind, on, Arrays.stream(angles).mapToObj(Angle::of).toList());
        double[] before = randomState(qubits, random);

        double[] after = StateVector.of(before.clone()).apply(gate).amplitudes();

        assertThat(after)
            .as("%s, seed %d", gate, SEED)
            .containsExactly(multiplied(definition(kind, angles), on, before), within(1e-14));
      }
    }
  }

  private static double[] randomState(int qubits, Random random) {
    double[] state = random.doubles(2L << qubits, -1, 1).toArray();
    double norm = Math.sqrt(Arrays.stream(state).map(x -> x * x).sum());
    return Arrays.stream(state).map(x -> x / norm).toArray();
  }

  /** Matrix entries, re and im in turn, for rows and columns |second first>. */
  private static double[][] definition(GateKind kind, double[] angle) {
    double h = Math.sqrt(0.5);
    double c = angle.length == 0 ? 0 : Math.cos(angle[0] / 2);
    double s = angle.length == 0 ? 0 : Math.sin(angle[0] / 2);
    return switch (kind) {
      case H -> new double[][] {{h, 0, h, 0}, {h, 0, -h, 0}};
      case X -> new double[][] {{0, 0, 1, 0}, {1, 0, 0, 0}};
      case Y -> new double[][] {{0, 0, 0, -1}, {0, 1, 0, 0}};
      case Z -> new double[][] {{1, 0, 0, 0}, {0, 0, -1, 0}};
      case S -> new double[][] {{1, 0, 0, 0}, {0, 0, 0, 1}};
      case T -> new double[][] {{1, 0, 0, 0}, {0, 0, h, h}};
      case RX -> new double[][] {{c, 0, 0, -s}, {0, -s, c, 0}};
      case RY -> new double[][] {{c, 0, -s, 0}, {s, 0, c, 0}};
      case RZ -> new double[][] {{c, -s, 0, 0}, {0, 0, c, s}};
      case U3 ->
          new double[][] {
            {c, 0, -s * Math.cos(angle[2]), -s * Math.sin(angle[2])},
            {
              s * Math.cos(angle[1]),
              s * Math.sin(angle[1]),
              c * Math.cos(angle[1] + angle[2]),
              c * Math.sin(angle[1] + angle[2])
            }
          };
      case CX -> sparse((r, k) -> r == new int[] {0, 3, 2, 1}[k] ? one() : zero());
      case SWAP -> sparse((r, k) -> r == new int[] {0, 2, 1, 3}[k] ? one() : zero());
      case CZ -> sparse((r, k) -> !r.equals(k) ? zero() : r == 3 ? new double[] {-1, 0} : one());
      case CRZ ->
          sparse(
              (r, k) ->
                  !r.equals(k)
                      ? zero()
                      : r == 1 ? new double[] {c, -s} : r == 3 ? new double[] {c, s} : one());
      case RZZ ->
          sparse((r, k) -> !r.equals(k) ? zero() : new double[] {c, r == 0 || r == 3 ? -s : s});
      case RXX ->
          sparse(
              (r, k) ->
                  r.equals(k) ? new double[] {c, 0} : r + k == 3 ? new double[] {0, -s} : zero());
      case RYY ->
          sparse(
              (r, k) ->
                  r.equals(k)
                      ? new double[] {c, 0}
                      : r + k == 3 ? new double[] {0, r == 0 || r == 3 ? s : -s} : zero());
    };
  }

  private static double[] one() {
    return new double[] {1, 0};
  }

  private static double[] zero() {
    return new double[] {0, 0};
  }

  private static double[][] sparse(BiFunction<Integer, Integer, double[]> entry) {
    double[][] matrix = new double[4][8];
    for (int r = 0; r < 4; r++) {
      for (int k = 0; k < 4; k++) {
        System.arraycopy(entry.apply(r, k), 0, matrix[r], 2 * k, 2);
      }
    }
    return matrix;
  }

  private static double[] multiplied(double[][] matrix, List<Integer> on, double[] before) {
    double[] after = new double[before.length];
    for (int column = 0; column < before.length / 2; column++) {
      int k = 0;
      for (int i = 0; i < on.size(); i++) {
        k |= (column >> on.get(i) & 1) << i;
      }
      for (int r = 0; r < matrix.length; r++) {
        int row = column;
        for (int i = 0; i < on.size(); i++) {
          row = row & ~(1 << on.get(i)) | (r >> i & 1) << on.get(i);
        }
        double re = matrix[r][2 * k];
        double im = matrix[r][2 * k + 1];
        after[2 * row] += re * before[2 * column] - im * before[2 * column + 1];
        after[2 * row + 1] += re * before[2 * column + 1] + im * before[2 * column];
      }
    }
    return after;
  }

  @Test
  void expectationIsThatOfTheOperatorAppliedByGates() {
    Random random = new Random(SEED);
    for (String text :
        List.of("X0", "Y1", "Z2", "X0 Y1", "Y0 Y2", "X0 Y1 Z2 Y3", "Y0 Y1 Y2", "I")) {
      PauliString pauli = PauliString.parse(text);
      double[] state = randomState(4, random);
      StateVector applied = StateVector.of(state.clone());
      for (String factor : text.equals("I") ? new String[0] : text.split(" ")) {
        int qubit = factor.charAt(1) - '0';
        applied.apply(
            new Gate(GateKind.valueOf(factor.substring(0, 1)), List.of(qubit), List.of()));
      }
      double expected = 0;
      for (int i = 0; i < state.length; i++) {
        expected += state[i] * applied.amplitudes()[i];
      }

      assertThat(StateVector.of(state).expectation(pauli))
          .as("%s, seed %d", text, SEED)
          .isCloseTo(expected, within(1e-14));
      assertThat(PauliSum.zero().plus(2, text).times(StateVector.of(state)))
          .containsExactly(
              Arrays.stream(applied.amplitudes()).map(x -> 2 * x).toArray(), within(1e-14));
      assertThat(PauliString.parse(pauli.toString())).isEqualTo(pauli);
    }
  }

  @Test
  void sumIsTheSumOfItsTerms() {
    StateVector state = Simulator.run(Circuit.builder(2).ry(0, 0.3).cx(0, 1).rx(1, 1.1).build());
    PauliSum sum = PauliSum.zero().plus(0.5, "Z0").plus(-2, "X0 X1").plus(3, "I");

    assertThat(state.expectation(sum))
        .isCloseTo(
            0.5 * state.expectation(PauliString.parse("Z0"))
                - 2 * state.expectation(PauliString.parse("X0 X1"))
                + 3,
            within(1e-14));
  }

  @Test
  void samplesFollowTheProbabilitiesAndTheSeed() {
    StateVector state = Simulator.run(Circuit.builder(3).ry(0, 1.0).h(1).cx(1, 2).build());

    int[] outcomes = state.sample(100_000, 42);
    SortedMap<Integer, Integer> counts = state.counts(100_000, 42);

    assertThat(state.sample(100_000, 42)).isEqualTo(outcomes);
    assertThat(state.sample(100_000, 43)).isNotEqualTo(outcomes);
    for (int basis = 0; basis < 8; basis++) {
      double expected = state.probability(basis) * 100_000;
      assertThat((double) counts.getOrDefault(basis, 0))
          .isCloseTo(expected, within(5 * Math.sqrt(expected + 1)));
    }
    assertThat(counts.keySet()).containsExactly(0, 1, 6, 7);
  }

  /** The bits themselves: a recipe must give them on every machine and in every version. */
  @Test
  void bitsNeverChange() {
    Circuit.Builder builder = Circuit.builder(6);
    for (int q = 0; q < 6; q++) {
      builder.u3(q, 0.1 * q, 0.2, 0.3).h(q).t(q);
    }
    for (int q = 0; q < 5; q++) {
      builder.rxx(q, q + 1, 0.7).rzz(q, q + 1, 0.4).crz(q, q + 1, -0.9);
    }
    StateVector state = Simulator.run(builder.build());

    assertThat(StateChecksums.sha256(state.tensor()))
        .isEqualTo("2e51727fcaeec00876856d9668a01d1021b5e3fd860767c8d43b34f17b26df87");
    assertThat(state.sample(8, 1)).containsExactly(12, 28, 47, 6, 6, 31, 34, 9);
  }

  @Test
  void rotationsByParametersAreThoseByConstants() {
    Circuit parametrised =
        Circuit.builder(2).rx(0, Angle.parameter(0)).rzz(0, 1, Angle.parameter(1, -2)).build();
    Circuit constant = Circuit.builder(2).rx(0, 0.25).rzz(0, 1, -1.5).build();

    assertThat(Simulator.run(parametrised, 0.25, 0.75).amplitudes())
        .isEqualTo(Simulator.run(constant).amplitudes());
  }

  @Test
  void tooManyQubitsAreRefusedByName() {
    assertThatThrownBy(() -> Simulator.run(Circuit.builder(27).h(26).build()))
        .isInstanceOf(StateTooLargeException.class)
        .hasMessageContaining("27 qubits")
        .hasMessageContaining("26");
    assertThatThrownBy(() -> StateVector.of(new double[6])).hasMessageContaining("2·2^n");
    assertThatThrownBy(() -> PauliString.parse("X0 Z0")).hasMessageContaining("not named before");
    assertThatThrownBy(() -> PauliString.parse("Q1")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void twentyQubitsKeepTheirNorm() {
    Circuit.Builder builder = Circuit.builder(20);
    for (int q = 0; q < 20; q++) {
      builder.h(q).rz(q, 0.1 * q);
    }
    for (int q = 0; q < 19; q++) {
      builder.rxx(q, q + 1, 0.3);
    }

    assertThat(Simulator.run(builder.build()).norm()).isCloseTo(1, within(1e-12));
  }
}
