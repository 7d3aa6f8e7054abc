// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.writers.checkpoint.ChecksumMismatchException;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import dev.ringfold.writers.checkpoint.quantum.format.SampleStates;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantumStateTest {
  private static final Instant TIME = Instant.parse("2025-06-30T12:34:56.789Z");

  @Test
  void theVectorIsNotCopiedAndMapsAre() {
    double[] vector = SampleStates.ghz(3);
    Map<String, Object> metadata = new HashMap<>(Map.of("a", new ArrayList<>(List.of(1))));
    QuantumState state =
        QuantumState.builder("s", 3).vector(vector).metadata(metadata).timestamp(TIME).build();
    metadata.put("b", 2);

    assertThat(state.vector()).isSameAs(vector);
    assertThat(state.metadata()).isEqualTo(Map.of("a", List.of(1L)));
    assertThat(state.toBuilder().build()).isEqualTo(state);
    assertThat(state.toBuilder().id("t").build()).isNotEqualTo(state);
  }

  @Test
  void partsThatDoNotFitEachOtherAreRefused() {
    QuantumState.Builder builder = QuantumState.builder("s", 2).timestamp(TIME);
    assertThatThrownBy(() -> builder.vector(new double[6]).build()).hasMessageContaining("2·2^n");
    builder.vector(null);
    assertThatThrownBy(() -> builder.padValues(1, 2).build()).hasMessageContaining("padValues");
    builder.padValues(1, 2, 3);
    assertThatThrownBy(() -> builder.mps(List.of(), 3).build()).hasMessageContaining("MPS");
    assertThatThrownBy(() -> builder.mps(List.of(Tensor.of(new int[1], 1)), 1).build())
        .hasMessageContaining("COMPLEX128");
    builder.mps(List.of(), 0);
    assertThatThrownBy(() -> builder.metadata(Map.of("x", Double.NaN)).build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> QuantumState.builder("s", -1).timestamp(TIME).build())
        .hasMessageContaining("-1 qubits");
    assertThatThrownBy(() -> QuantumState.builder("s", 1).build())
        .hasMessageContaining("no timestamp");
    assertThatThrownBy(() -> new EmotionalContext(new double[][] {{1, 2}}, 0, new double[0][]))
        .hasMessageContaining("row 0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "..", ".hidden", "a/b", "a\\b", "a\nb", "a\u0000", "a\u007f", "\ud800"})
  void idsThatMeanSomethingToAFileSystemAreRefused(String id) {
    assertThat(StateIds.problem(id)).isNotNull();
    assertThatThrownBy(() -> QuantumState.builder(id, 1).timestamp(TIME).build())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void idsAreBoundedInBytes() {
    assertThat(StateIds.problem("x".repeat(200))).isNull();
    assertThat(StateIds.problem("ü".repeat(101))).contains("200 bytes");
    assertThat(StateIds.problem("state 1: ü \uD83D\uDE00")).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "2025-06-30T12:34:56.789Z,2025-06-30T12:34:56.789Z",
    "2025-06-30T12:34:56.789999,2025-06-30T12:34:56.789Z",
    "2025-06-30T12:34:56,2025-06-30T12:34:56.000Z",
    "2025-06-30T12:34,2025-06-30T12:34:00.000Z",
    "2025-06-30T12:34:56+02:00,2025-06-30T10:34:56.000Z",
    "0001-01-01T00:00:00Z,0001-01-01T00:00:00.000Z"
  })
  void timesOfOthersAreRead(String text, String ours) {
    assertThat(StateTimes.format(StateTimes.parse(text, "test"))).isEqualTo(ours);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "now", "2025-06-30", "2025-13-30T12:00:00Z", "+10000-01-01T00:00:00Z", "-1"})
  void whatIsNoTimeIsRefused(String text) {
    assertThatThrownBy(() -> StateTimes.parse(text, "the place"))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("the place: ");
  }

  @Test
  void theDocumentAndTheArraysMakeTheState() {
    for (QuantumState state :
        List.of(SampleStates.full("a", 4, 1), SampleStates.recipeOnly("b", 30))) {
      String json = StateDocument.json(state);

      QuantumState again =
          StateDocument.state(
              CanonicalJson.parseObject(json, "d"), state.vector(), state.mps(), "d");

      assertThat(again).isEqualTo(state);
      assertThat(StateDocument.json(again)).isEqualTo(json);
    }
  }

  @Test
  void tensorsThatAreNotTheDocumentsAreRefused() {
    QuantumState state = SampleStates.full("a", 4, 1);
    Map<String, Object> document = CanonicalJson.parseObject(StateDocument.json(state), "d");

    assertThatThrownBy(() -> StateDocument.state(document, state.vector(), List.of(), "the place"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("expected 4 MPS tensors but found 0");
    List<Tensor> turned = new ArrayList<>(state.mps());
    java.util.Collections.reverse(turned);
    assertThatThrownBy(() -> StateDocument.state(document, state.vector(), turned, "the place"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("shape");
  }

  @Test
  void theChecksumIsOfTheVectorElseTheRecipeElseTheTensorsElseTheMetadata() {
    QuantumState full = SampleStates.full("a", 2, 1);
    QuantumState recipe = full.toBuilder().vector(null).build();
    QuantumState mps = recipe.toBuilder().recipe(null).build();
    QuantumState nothing = mps.toBuilder().mps(List.of(), 0).build();

    assertThat(StateChecksums.of(full).quantumState())
        .isEqualTo(StateChecksums.sha256(full.vectorTensor()));
    assertThat(StateChecksums.of(recipe).quantumState())
        .isEqualTo(
            StateChecksums.sha256(Tensor.of(full.recipe().bytes(), full.recipe().bytes().length)));
    assertThat(StateChecksums.of(mps).quantumState())
        .isEqualTo(StateChecksums.sha256(mps.mps().toArray(new Tensor[0])));
    assertThat(StateChecksums.of(nothing).quantumState())
        .isEqualTo(StateChecksums.of(nothing).metadata());
  }

  @Test
  void oneNumberOfATensorChangesTheMetadataChecksum() {
    QuantumState state = SampleStates.full("a", 2, 1);
    List<Tensor> other = new ArrayList<>(state.mps());
    double[] numbers = other.get(0).toDoubles();
    numbers[1] = Math.nextUp(numbers[1]);
    other.set(0, Tensor.complex128(numbers, other.get(0).shape()));
    QuantumState changed = state.toBuilder().mps(other, 2).build();

    StateChecksums checksums = StateChecksums.of(state);
    assertThatThrownBy(
            () ->
                StateChecksums.check(
                    changed, "the file", checksums.quantumState(), checksums.metadata()))
        .isInstanceOf(ChecksumMismatchException.class)
        .hasMessageContaining("the file")
        .hasMessageContaining(checksums.metadata());
  }

  @Test
  void aRecipeIsCanonical() {
    Recipe recipe = Recipe.parse("{ \"seed\" : 1, \"circuit\" : [ ] }");

    assertThat(recipe.json()).isEqualTo("{\"circuit\":[],\"seed\":1}");
    assertThatThrownBy(() -> Recipe.parse("[]")).isInstanceOf(FormatException.class);
  }
}
