// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import static dev.ringfold.writers.checkpoint.quantum.QuantumStoreTest.state;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.Compressor;
import dev.ringfold.writers.checkpoint.quantum.format.Hdf5States;
import dev.ringfold.writers.checkpoint.quantum.format.JsonStates;
import dev.ringfold.writers.checkpoint.quantum.format.QmsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What 1 - stored / raw is for states of 16 qubits, 1 MiB each; printed, and sane. */
class CompressionByClassTest {
  private static final int QUBITS = 16;
  private static final long SEED = 20_250_630L;
  private static final double RAW_BYTES = 16L << QUBITS;

  @TempDir Path directory;

  private double store(String name, QuantumStoreBuilder builder, QuantumState state) {
    try (QuantumStore store = builder.open()) {
      SavedState saved = store.save(state).join();
      return 1 - saved.storedBytes() / RAW_BYTES;
    }
  }

  private QuantumStoreBuilder raw(String name, Compressor compressor, int level) {
    return QuantumStore.builder(directory.resolve(name))
        .policy(StatePolicy.RAW)
        .codec(new ChunkCodec(compressor, level, true));
  }

  private Map<String, Double> measure(String name, double[] vector) throws IOException {
    QuantumState state = state("s", QUBITS).vector(vector).build();
    Map<String, Double> row = new LinkedHashMap<>();
    row.put("gzip6", store(name, raw(name + "-gzip", Compressor.GZIP, 6), state));
    row.put("zstd3", store(name, raw(name + "-zstd", Compressor.ZSTD, 3), state));
    Path hdf5 = directory.resolve(name + ".h5");
    Hdf5States.write(hdf5, List.of(state));
    row.put("hdf5", 1 - Files.size(hdf5) / RAW_BYTES);
    Path qms = directory.resolve(name + ".qms");
    QmsFile.write(qms, state);
    row.put("qms", 1 - Files.size(qms) / RAW_BYTES);
    QuantumState light = state.toBuilder().vector(null).build();
    Path json = directory.resolve(name + ".json");
    JsonStates.write(json, state);
    Path zlib = directory.resolve(name + ".json.zlib");
    JsonStates.writeCompressed(zlib, state);
    row.put("json", 1 - (double) Files.size(zlib) / Files.size(json));
    assertThat(light.vector()).isNull();
    Mps mps = Mps.of(vector, 64, 0);
    row.put("mps64", 1 - mps.bytes() / RAW_BYTES);
    row.put("bond", (double) mps.bondDimension());
    row.put("fidelity", mps.fidelityBound());
    return row;
  }

  @Test
  void compressionDependsOnTheClassOfTheState() throws IOException {
    Map<String, Map<String, Double>> rows = new LinkedHashMap<>();
    rows.put("product", measure("product", States.product(QUBITS)));
    rows.put("ghz", measure("ghz", States.ghz(QUBITS)));
    rows.put("mps-8", measure("mps-8", States.mps(QUBITS, 8, SEED)));
    rows.put("ising", measure("ising", States.decaying(QUBITS, SEED)));
    rows.put("random", measure("random", States.random(QUBITS, SEED)));
    QuantumState recipe = state("s", QUBITS).recipe(Recipe.of(States.ghzCircuit(QUBITS))).build();
    double byRecipe = store("recipe", QuantumStore.builder(directory.resolve("recipe")), recipe);

    print(rows, byRecipe);
    for (String codec : List.of("gzip6", "zstd3", "hdf5")) {
      assertThat(rows.get("ghz").get(codec)).as(codec).isGreaterThan(0.95);
      assertThat(rows.get("random").get(codec)).as(codec).isBetween(-0.01, 0.15);
    }
    assertThat(rows.get("product").get("mps64")).isGreaterThan(0.999);
    assertThat(rows.get("ghz").get("mps64")).isGreaterThan(0.99);
    assertThat(rows.get("mps-8").get("mps64")).isGreaterThan(0.95);
    assertThat(rows.get("mps-8").get("bond")).isEqualTo(8);
    assertThat(rows.get("mps-8").get("fidelity")).isEqualTo(1);
    assertThat(rows.get("random").get("fidelity")).isLessThan(0.5);
    assertThat(byRecipe).isGreaterThan(0.99);
  }

  private static void print(Map<String, Map<String, Double>> rows, double byRecipe) {
    StringBuilder text = new StringBuilder("compression = 1 - stored / raw, 16 qubits\n");
    text.append("class    gzip6   zstd3   hdf5    qms     json    mps64   bond  fidelity\n");
    rows.forEach(
        (name, row) -> {
          List<Object> cells = new ArrayList<>(List.of(name));
          cells.addAll(row.values());
          text.append(
              String.format(
                  Locale.ROOT,
                  "%-8s %.4f  %.4f  %.4f  %.4f  %.4f  %.4f  %4.0f  %.6f%n",
                  cells.toArray()));
        });
    text.append(String.format(Locale.ROOT, "recipe (ghz) %.4f%n", byRecipe));
    System.out.print(text);
  }
}
