// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringfold.writers.checkpoint.quantum.Circuit;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.QuantumStore;
import dev.ringfold.writers.checkpoint.quantum.Recipe;
import dev.ringfold.writers.checkpoint.quantum.Simulator;
import dev.ringfold.writers.checkpoint.quantum.StatePolicy;
import dev.ringfold.writers.checkpoint.quantum.format.Hdf5States;
import dev.ringfold.writers.checkpoint.quantum.format.StateFiles;
import dev.ringfold.writers.checkpoint.quantum.format.StateFormat;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Quantum states by the command line, and the migration of old files. */
final class StateCommandTest {
  private static final double HALF = Math.sqrt(0.5);
  private static final double[] BELL = {HALF, 0, 0, 0, 0, 0, HALF, 0};

  @TempDir private Path folder;

  private Path store;

  @BeforeEach
  void save() {
    store = folder.resolve("store");
    try (QuantumStore states = QuantumStore.builder(store).policy(StatePolicy.RAW).open()) {
      states
          .save(
              QuantumState.builder("bell", 2)
                  .vector(BELL)
                  .padValues(0.1, 0.2, 0.3)
                  .confidence(0.9)
                  .metadata(Map.of("note", "entangled"))
                  .timestamp(Instant.parse("2026-11-20T10:00:00.123Z"))
                  .build())
          .join();
    }
  }

  @Test
  void listTellsWhatThereIs() {
    JsonNode state = Ran.ringfold("state", "list", store, "--json").json().at("/states/0");

    assertThat(state.get("id").asText()).isEqualTo("bell");
    assertThat(state.get("qubits").asInt()).isEqualTo(2);
    assertThat(state.get("policy").asText()).isEqualTo("raw");
    assertThat(Ran.ringfold("state", "list", store).lines()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {".json", ".json.zlib", ".qms", ".h5", ".npy", ".npz"})
  void whatWasExportedCanBeImported(String suffix) {
    Path file = folder.resolve("bell" + suffix);
    Path other = folder.resolve("other");
    Ran export = Ran.ringfold("state", "export", store, "bell", "--out", file);
    assertThat(export.exitCode()).as(export.err()).isZero();
    assertThat(Ran.ringfold("init", other).exitCode()).isZero();

    Ran imported = Ran.ringfold("state", "import", other, file, "--raw");

    assertThat(imported.exitCode()).as(imported.err()).isZero();
    try (QuantumStore states = QuantumStore.open(other)) {
      QuantumState loaded = states.load("bell");
      if (!suffix.startsWith(".json")) {
        assertThat(loaded.vector()).containsExactly(BELL);
      }
      if (!suffix.equals(".npy")) {
        assertThat(loaded.padValues()).containsExactly(0.1, 0.2, 0.3);
        assertThat(loaded.confidence()).isEqualTo(0.9);
      }
    }
  }

  @Test
  void manyStatesAreImportedInGroupsAndNotAgainWhenThatIsRepeated() {
    Path file = folder.resolve("many.h5");
    Path other = folder.resolve("other");
    List<QuantumState> states = new ArrayList<>();
    for (int i = 0; i < QuantumStore.MAX_GROUP + 1; i++) {
      states.add(vectorState("s" + i, BELL).build());
    }
    Hdf5States.write(file, states);
    assertThat(Ran.ringfold("init", other).exitCode()).isZero();

    Ran first = Ran.ringfold("state", "import", other, file, "--raw");
    Ran second = Ran.ringfold("state", "import", other, file, "--raw");

    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(first.lines()).hasSize(states.size()).noneMatch(line -> line.contains("already"));
    assertThat(second.lines()).hasSize(states.size()).allMatch(line -> line.contains("already"));
    try (QuantumStore imported = QuantumStore.open(other)) {
      assertThat(imported.stats().versions()).isEqualTo(states.size());
    }
  }

  private static QuantumState.Builder vectorState(String id, double[] vector) {
    return QuantumState.builder(id, 2)
        .vector(vector)
        .timestamp(Instant.parse("2026-11-20T10:00:00.123Z"));
  }

  @Test
  void whatTheStoreHasOfAStateIsOnlySkippedWhenItIsTheSame() {
    Path file = folder.resolve("s.qms");
    Circuit circuit = Circuit.builder(2).h(0).cx(0, 1).build();
    QuantumState state = vectorState("s", BELL).recipe(Recipe.of(circuit)).build();
    double[] bits = Simulator.run(circuit).amplitudes();
    try (QuantumStore states = QuantumStore.open(store)) {
      states.save(state.toBuilder().vector(null).build()).join();
    }
    StateFiles.write(file, StateFormat.QMS, state.toBuilder().vector(bits).build());
    Ran same = Ran.ringfold("state", "import", store, file);
    StateFiles.write(
        file,
        StateFormat.QMS,
        state.toBuilder().vector(new double[] {1, 0, 0, 0, 0, 0, 0, 0}).build());
    Ran another = Ran.ringfold("state", "import", store, file);
    StateFiles.write(file, StateFormat.QMS, state.toBuilder().confidence(0.5).build());
    Ran changed = Ran.ringfold("state", "import", store, file);

    assertThat(same.out()).as(same.err()).contains("which was there already");
    assertThat(another.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(another.err()).contains("The recipe of state 's'").doesNotContain("unexpected");
    assertThat(changed.out()).as(changed.err()).contains("state s").doesNotContain("already");
  }

  @Test
  void aFileWithTensorsThatDoNotGiveTheVectorSaysHowToImportIt() {
    Path file = folder.resolve("theirs.h5");
    List<Tensor> cubes = Collections.nCopies(2, Tensor.complex128(new double[16], 2, 2, 2));
    Hdf5States.write(file, List.of(vectorState("theirs", BELL).mps(cubes, 2).build()));

    Ran refused = Ran.ringfold("state", "import", store, file);
    Ran raw = Ran.ringfold("state", "import", store, file, "--raw");

    assertThat(refused.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(refused.err()).contains("theirs").contains("--raw");
    assertThat(raw.exitCode()).as(raw.err()).isZero();
    try (QuantumStore states = QuantumStore.open(store)) {
      assertThat(states.load("theirs").vector()).containsExactly(BELL);
      assertThat(states.find("theirs").orElseThrow().fidelityBound()).isNaN();
    }
  }

  @Test
  void aScrubReadsEverythingAndIsAnEvent() {
    Ran scrub = Ran.ringfold("state", "scrub", store);

    assertThat(scrub.exitCode()).isZero();
    assertThat(scrub.out()).contains("1 states").contains("0 damaged");
    assertThat(Ran.ringfold("tail", store, "--type", "ScrubCompleted").lines()).hasSize(1);
  }

  @Test
  void anUnknownStateIsNamedWithTheOnesThatAreNear() {
    Ran ran = Ran.ringfold("state", "export", store, "bel", "--out", folder.resolve("x.qms"));

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.err()).contains("bel").contains("bell");
  }

  @Test
  void oldFilesAreMigratedAndKept() throws IOException {
    Path directory = Files.createDirectory(folder.resolve("quantum_states"));
    Path old = directory.resolve("first.json");
    Files.writeString(
        old,
        "{\"interface_config\":{\"n_qubits\":2},\"measurement_cache\":[],"
            + "\"emotional_context\":{\"recent_emotions\":[[0.1,0.2,0.3]]}}");
    byte[] before = Files.readAllBytes(old);

    Ran plan = Ran.ringfold("migrate", directory);
    Ran apply = Ran.ringfold("migrate", directory, "--apply");

    assertThat(plan.exitCode()).as(plan.err()).isZero();
    assertThat(plan.out()).contains("1 processed, 0 migrated, 1 to migrate, 0 failed");
    assertThat(apply.out()).contains("1 processed, 1 migrated");
    assertThat(Files.readAllBytes(old)).isEqualTo(before);
  }

  @Test
  void theLayoutOfTheQuantumMemoryIsWrittenAndABrokenHdf5FileMadeAgain() throws IOException {
    Path tree = folder.resolve("sanctuary");
    Ran export = Ran.ringfold("export", store, "--layout", "quantum-memory", "--out", tree);
    assertThat(export.exitCode()).as(export.err()).isZero();
    assertThat(export.out()).contains("1 states and 0 checkpoints");
    Path file = tree.resolve("quantum_states").resolve("quantum_memory.h5");
    assertThat(file).isRegularFile();
    assertThat(tree.resolve(".backups").resolve("backup_metadata.json")).isRegularFile();
    assertThat(tree.resolve(".checkpoints").resolve("checkpoint_registry.json")).isRegularFile();
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, new byte[100]);

    Ran repair = Ran.ringfold("repair", store, "--target", "hdf5", "--out", file);

    assertThat(repair.exitCode()).as(repair.err()).isZero();
    assertThat(Files.readAllBytes(file)).isEqualTo(whole);
    assertThat(Ran.ringfold("export", store, "--layout", "other").exitCode())
        .isEqualTo(ExitCodes.USAGE);
    assertThat(Ran.ringfold("export", store).exitCode()).isEqualTo(ExitCodes.USAGE);
  }

  @Test
  void anExportThatNeedsAVectorOverTheCapIsRefusedByNameUnlessItMayGoWithout() {
    Circuit circuit = Circuit.builder(21).h(0).cx(0, 20).build();
    try (QuantumStore states = QuantumStore.open(store)) {
      states
          .save(
              QuantumState.builder("wide", 21)
                  .recipe(Recipe.of(circuit))
                  .timestamp(Instant.parse("2026-11-20T10:00:00Z"))
                  .build())
          .join();
    }
    Path tree = folder.resolve("tree");

    Ran refused = Ran.ringfold("export", store, "--layout", "quantum-memory", "--out", tree);

    assertThat(refused.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(refused.err())
        .contains("up to the cap of 20 qubits: 'wide' (21 qubits). Nothing was written.");
    assertThat(tree).doesNotExist();

    Ran without =
        Ran.ringfold(
            "export", store, "--layout", "quantum-memory", "--out", tree, "--without-vectors");

    assertThat(without.exitCode()).as(without.err()).isZero();
    assertThat(without.lines().get(1)).isEqualTo("without a vector: wide");
    assertThat(tree.resolve("exports")).isDirectoryContaining("glob:**/wide-*.qms");
    assertThat(Ran.ringfold("export", store, "--to", "csv", "--without-vectors").exitCode())
        .isEqualTo(ExitCodes.USAGE);
  }
}
