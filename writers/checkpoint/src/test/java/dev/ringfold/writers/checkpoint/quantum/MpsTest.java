// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MpsTest {
  private static final long SEED = Long.getLong("ringfold.seed", 20_250_630L);

  @Test
  void svdGivesTheMatrixAgainWithOrthonormalColumns() {
    Random random = new Random(SEED);
    int[][] shapes = {
      {1, 1}, {1, 9}, {9, 1}, {4, 4}, {3, 20}, {20, 3}, {8, 11}, {16, 64}, {40, 12}
    };
    for (int[] shape : shapes) {
      double[] matrix = random.doubles(2L * shape[0] * shape[1], -1, 1).toArray();

      Svd svd = Svd.of(matrix, shape[0], shape[1]);

      int rank = svd.rank();
      assertThat(rank).isEqualTo(Math.min(shape[0], shape[1]));
      double[] left = svd.left(rank);
      assertThat(product(left, shape[0], rank, svd.right(rank), shape[1]))
          .as("%d x %d, seed %d", shape[0], shape[1], SEED)
          .containsExactly(matrix, within(1e-13));
      assertThat(gram(left, shape[0], rank)).containsExactly(identity(rank), within(1e-13));
      assertThat(svd.values()).isSortedAccordingTo((a, b) -> Double.compare(b, a));
    }
  }

  @Test
  void svdFindsTheRankAndSmallValues() {
    Random random = new Random(SEED);
    double[] left = random.doubles(2 * 30 * 3, -1, 1).toArray();
    double[] right = random.doubles(2 * 3 * 40, -1, 1).toArray();
    for (int i = 0; i < 2 * 40; i++) {
      right[i] *= 1e-9;
    }
    double[] matrix = product(left, 30, 3, right, 40);

    Svd svd = Svd.of(matrix, 30, 40);

    assertThat(svd.rank()).isEqualTo(3);
    assertThat(svd.values()[2]).isBetween(1e-10, 1e-7);
    assertThat(Svd.of(new double[2 * 4 * 6], 4, 6).values()).containsOnly(0.0);
  }

  private static double[] product(double[] a, int rows, int inner, double[] b, int columns) {
    double[] c = new double[2 * rows * columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        for (int k = 0; k < inner; k++) {
          int x = 2 * (i * inner + k);
          int y = 2 * (k * columns + j);
          c[2 * (i * columns + j)] += a[x] * b[y] - a[x + 1] * b[y + 1];
          c[2 * (i * columns + j) + 1] += a[x] * b[y + 1] + a[x + 1] * b[y];
        }
      }
    }
    return c;
  }

  private static double[] gram(double[] a, int rows, int columns) {
    double[] conjugate = new double[a.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        conjugate[2 * (j * rows + i)] = a[2 * (i * columns + j)];
        conjugate[2 * (j * rows + i) + 1] = -a[2 * (i * columns + j) + 1];
      }
    }
    return product(conjugate, columns, rows, a, columns);
  }

  private static double[] identity(int size) {
    double[] identity = new double[2 * size * size];
    for (int i = 0; i < size; i++) {
      identity[2 * (i * size + i)] = 1;
    }
    return identity;
  }

  @Test
  void productStateHasBondOneAndGhzHasBondTwo() {
    Mps product = Mps.of(States.product(12), 64, 0);
    Mps ghz = Mps.of(States.ghz(12), 64, 0);

    assertThat(product.bondDimension()).isEqualTo(1);
    assertThat(product.bytes()).isEqualTo(12 * 2 * 16);
    assertThat(ghz.bondDimension()).isEqualTo(2);
    assertThat(ghz.fidelityBound()).isEqualTo(1);
    assertThat(ghz.toVector().amplitudes()).containsExactly(States.ghz(12), within(1e-14));
    assertThat(product.toVector().amplitudes()).containsExactly(States.product(12), within(1e-14));
  }

  @Test
  void exactDecompositionOfARandomStateGivesItAgain() {
    double[] random = States.random(9, SEED);

    Mps mps = Mps.of(random, 64, 0);

    assertThat(mps.bondDimension()).isEqualTo(16);
    assertThat(mps.fidelityBound()).isEqualTo(1);
    assertThat(mps.toVector().amplitudes()).containsExactly(random, within(1e-13));
    assertThat(Mps.of(random, 64, 0).tensors().get(4).contentEquals(mps.tensors().get(4))).isTrue();
  }

  @Test
  void stateOfSmallBondIsFoundToHaveIt() {
    double[] state = States.mps(12, 5, SEED);

    Mps mps = Mps.of(state, 64, 0);

    assertThat(mps.bondDimension()).isEqualTo(5);
    assertThat(mps.toVector().fidelity(StateVector.of(state))).isCloseTo(1, within(1e-12));
  }

  @Test
  void fidelityIsAtLeastTheBoundAndCloseToIt() {
    for (int bond : new int[] {1, 2, 4, 8, 15}) {
      double[] random = States.random(9, SEED + bond);

      Mps mps = Mps.of(random, bond, 0);

      double fidelity = mps.toVector().fidelity(StateVector.of(random));
      assertThat(mps.bondDimension()).isEqualTo(bond);
      assertThat(mps.fidelityBound()).as("bond %d, seed %d", bond, SEED).isLessThan(1);
      assertThat(fidelity).isBetween(mps.fidelityBound(), mps.fidelityBound() + 1e-12);
      assertThat(mps.toVector().norm()).isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void errorIsNotExceededUnlessTheBondAsksForIt() {
    double[] state = States.decaying(10, SEED);

    Mps exact = Mps.of(state, 64, 0);
    Mps lossy = Mps.of(state, 64, 1e-3);

    assertThat(lossy.fidelityBound()).isBetween(0.999, 1 - 1e-9);
    assertThat(lossy.bytes()).isLessThan(exact.bytes());
    assertThat(lossy.toVector().fidelity(StateVector.of(state)))
        .isGreaterThanOrEqualTo(lossy.fidelityBound());
  }

  @Test
  void firstTensorIsTheHighestQubit() {
    StateVector state = Simulator.run(Circuit.builder(3).x(0).build());

    Mps mps = Mps.of(state.amplitudes(), 4, 0);

    double[] last = mps.tensors().get(2).toDoubles();
    double[] first = mps.tensors().get(0).toDoubles();
    assertThat(Math.hypot(first[0], first[1])).isCloseTo(1, within(1e-15));
    assertThat(Math.hypot(last[2], last[3])).isCloseTo(1, within(1e-15));
  }

  @Test
  void tensorsThatDoNotFitAreRefused() {
    Tensor two = Tensor.complex128(new double[8], 1, 2, 2);
    Tensor one = Tensor.complex128(new double[4], 1, 2, 1);

    assertThatThrownBy(() -> Mps.ofTensors(List.of(two, one), 1)).hasMessageContaining("tensor 1");
    assertThatThrownBy(() -> Mps.ofTensors(List.of(two), 1)).hasMessageContaining("must be 1");
    assertThatThrownBy(() -> Mps.ofTensors(List.of(), 1)).hasMessageContaining("1 to");
    assertThatThrownBy(() -> Mps.of(new double[8], 4, 0)).hasMessageContaining("norm");
    assertThatThrownBy(() -> Mps.of(States.ghz(3), 0, 0)).hasMessageContaining("maxBond");
    assertThatThrownBy(() -> Mps.of(States.ghz(3), 4, 1)).hasMessageContaining("maxError");
    assertThat(Mps.ofTensors(List.of(one, one), Double.NaN).qubits()).isEqualTo(2);
  }

  @Test
  void manyQubitsHaveNoVector() {
    Tensor one = Tensor.complex128(new double[] {1, 0, 0, 0}, 1, 2, 1);
    Mps chain = Mps.ofTensors(java.util.Collections.nCopies(100, one), 1);

    assertThat(chain.qubits()).isEqualTo(100);
    assertThatThrownBy(chain::toVector).isInstanceOf(StateTooLargeException.class);
  }
}
