// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import static dev.ringfold.writers.checkpoint.quantum.QuantumStoreTest.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a vector is given up for, and what not. */
class VectorProofTest {
  @TempDir Path directory;

  private static QuantumState foreign() {
    List<Tensor> cubes = Collections.nCopies(5, Tensor.complex128(new double[16], 2, 2, 2));
    return state("foreign", 5).vector(States.random(5, 1)).mps(cubes, 2).build();
  }

  private static QuantumState withTensorsOf(double[] other, int maxBond, double[] vector) {
    Mps mps = Mps.of(other, maxBond, 0);
    int qubits = mps.qubits();
    return state("s", qubits).vector(vector).mps(mps.tensors(), mps.bondDimension()).build();
  }

  @Test
  void tensorsThatAreNoChainAreNoReasonToGiveTheVectorUp() {
    try (QuantumStore store = QuantumStore.open(directory)) {
      assertThatThrownBy(() -> store.save(foreign()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'foreign'")
          .hasMessageContaining("StatePolicy.RAW")
          .hasMessageContaining("--raw");
      assertThat(store.list()).isEmpty();
    }
  }

  @Test
  void theyAreStoredBesideTheVectorAndNothingIsClaimedOfTheirFidelity() {
    try (QuantumStore store =
        QuantumStore.builder(directory).policy(StatePolicy.RAW).cache(0).open()) {
      SavedState saved = store.save(foreign()).join();

      assertThat(saved.fidelityBound()).isNaN();
      assertThat(store.load("foreign")).isEqualTo(foreign());
      assertThat(store.find("foreign")).contains(saved);
    }
  }

  @Test
  void chainOfOtherLengthThanTheStateIsStoredBesideTheVector() {
    QuantumState four = withTensorsOf(States.ghz(4), 4, States.ghz(4));
    QuantumState five = four.toBuilder().qubits(5).vector(States.ghz(5)).build();
    try (QuantumStore store = QuantumStore.builder(directory).policy(StatePolicy.RAW).open()) {
      assertThat(store.save(five).join().fidelityBound()).isNaN();
    }
  }

  @Test
  void chainOfAnotherStateIsNoReasonToGiveTheVectorUp() {
    QuantumState state = withTensorsOf(States.product(6), 8, States.ghz(6));
    try (QuantumStore store = QuantumStore.open(directory)) {
      CompletableFuture<SavedState> saved = store.save(state);

      assertThatThrownBy(saved::join)
          .hasCauseInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'s'")
          .hasMessageContaining("fidelity");
      assertThatThrownBy(store::optimize).isInstanceOf(StateSaveFailedException.class);
      assertThat(store.list()).isEmpty();
    }
  }

  @Test
  void chainThatGivesTheVectorIsStoredInsteadOfIt() {
    double[] vector = States.mps(8, 3, 5);
    try (QuantumStore store = QuantumStore.builder(directory).cache(0).open()) {
      SavedState saved = store.save(withTensorsOf(vector, 16, vector)).join();

      assertThat(saved.raw()).isFalse();
      assertThat(saved.fidelityBound()).isCloseTo(1, within(1e-9));
      assertThat(store.load("s").vector()).containsExactly(vector, within(1e-12));
    }
  }

  @Test
  void truncatedChainIsTakenWhereSuchTruncationIsAskedFor() {
    double[] vector = States.decaying(8, 3);
    Mps cut = Mps.of(vector, 64, 1e-3);
    QuantumState state =
        state("s", 8).vector(vector).mps(cut.tensors(), cut.bondDimension()).build();
    assertThat(cut.fidelityBound()).isLessThan(VectorProof.SAME_FIDELITY);
    try (QuantumStore store =
        QuantumStore.builder(directory).mps(new MpsOptions(64, 1e-3)).open()) {
      assertThat(store.save(state).join().fidelityBound())
          .isBetween(cut.fidelityBound() - 1e-12, cut.fidelityBound() + 1e-9);
    }
    try (QuantumStore store =
        QuantumStore.builder(directory).mps(new MpsOptions(64, 1e-6)).open()) {
      CompletableFuture<SavedState> saved = store.save(state);

      assertThatThrownBy(saved::join).hasCauseInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(store::optimize).isInstanceOf(StateSaveFailedException.class);
    }
  }

  @Test
  void tensorsBesideARecipeWithoutAVectorAreNotCompared() {
    QuantumState state =
        withTensorsOf(States.ghz(4), 4, States.ghz(4)).toBuilder()
            .vector(null)
            .recipe(Recipe.of(States.productCircuit(4)))
            .build();
    try (QuantumStore store = QuantumStore.open(directory)) {
      assertThat(store.save(state).join().fidelityBound()).isNaN();
    }
  }

  @Test
  void recipeOverTheCapIsRunBeforeAVectorIsGivenUpForIt() {
    StatePolicy cap = StatePolicy.RECIPE.withMaxQubits(5);
    QuantumState state = state("s", 7).vector(States.ghz(7)).build();
    QuantumState wrong =
        state.toBuilder().id("wrong").recipe(Recipe.of(States.productCircuit(7))).build();
    QuantumState shorter =
        state.toBuilder().id("shorter").recipe(Recipe.of(States.ghzCircuit(6))).build();
    QuantumState right = state.toBuilder().recipe(Recipe.of(States.ghzCircuit(7))).build();
    try (QuantumStore store = QuantumStore.builder(directory).policy(cap).open()) {
      for (QuantumState refused : List.of(wrong, shorter)) {
        CompletableFuture<SavedState> saved = store.save(refused);
        assertThatThrownBy(saved::join)
            .hasCauseInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("'" + refused.id() + "'");
        assertThatThrownBy(store::optimize).isInstanceOf(StateSaveFailedException.class);
      }
      store.save(right).join();

      assertThat(store.list()).hasSize(1);
      assertThat(store.load("s").vector()).isNull();
    }
    try (QuantumStore store = QuantumStore.open(directory)) {
      assertThat(store.load("s").vector()).isEqualTo(States.ghz(7));
    }
  }

  @Test
  void checkpointOverTheCapIsRefusedForARecipeThatGivesAnotherState() {
    QuantumState right =
        state("s", 7).vector(States.ghz(7)).recipe(Recipe.of(States.ghzCircuit(7))).build();
    QuantumState wrong = right.toBuilder().recipe(Recipe.of(States.productCircuit(7))).build();

    assertThat(StateCheckpoints.draft(1, right, 6)).isNotNull();
    assertThatThrownBy(() -> StateCheckpoints.draft(1, wrong, 6))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'s'");
  }

  @Test
  void vectorThatCannotBeComparedIsRefusedByName() {
    QuantumState most = state("most", StateVector.MAX_QUBITS).build();
    VectorProof.requireComparable(most);

    assertThatThrownBy(
            () -> VectorProof.requireComparable(most.toBuilder().id("more").qubits(27).build()))
        .isInstanceOf(StateTooLargeException.class)
        .hasMessageContaining("'more'")
        .hasMessageContaining("up to 26");
  }

  /** A chain of zeros but for the tensors on both sides of one large dimension. */
  private static List<Tensor> chain(int qubits, int at, int bond) {
    Tensor one = Tensor.complex128(new double[] {1, 0, 0, 0}, 1, 2, 1);
    Tensor[] tensors = Collections.nCopies(qubits, one).toArray(new Tensor[0]);
    double[] values = new double[4 * bond];
    values[0] = 1;
    tensors[at] = Tensor.complex128(values, 1, 2, bond);
    tensors[at + 1] = Tensor.complex128(values, bond, 2, 1);
    return List.of(tensors);
  }

  @Test
  void largeDimensionNearAnEndTakesNoMoreThanTheVector() {
    double[] zero = StateVector.zero(20).amplitudes();
    for (int at : new int[] {0, 18}) {
      StateVector made = Mps.ofTensors(chain(20, at, 1_000), Double.NaN).toVector();

      assertThat(made.amplitudes()).as("at %d", at).isEqualTo(zero);
    }
  }

  @Test
  void dimensionsThatNoStateNeedsAreNotContracted() {
    List<Tensor> tensors = chain(20, 9, Mps.MAX_BOND);
    QuantumState state = state("large", 20).mps(tensors, Mps.MAX_BOND).build();
    assertThat(Mps.givesVector(chain(20, 9, 1_024), 20)).isTrue();
    assertThat(Mps.givesVector(tensors, 20)).isFalse();
    assertThat(Mps.givesVector(Collections.nCopies(100, tensors.get(0)), 100)).isFalse();
    assertThatThrownBy(Mps.ofTensors(tensors, Double.NaN)::toVector)
        .isInstanceOf(StateTooLargeException.class)
        .hasMessageContaining("8388608 amplitudes");
    try (QuantumStore store = QuantumStore.open(directory)) {
      store.save(state).join();

      assertThat(store.load("large").vector()).isNull();
      assertThat(store.load("large")).isEqualTo(state);
    }
  }
}
