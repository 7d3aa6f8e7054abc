// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.EventLogReader;
import dev.ringfold.event.EventTypes;
import dev.ringfold.replay.Finding;
import dev.ringfold.writers.checkpoint.CheckpointReader;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.QuantumStore;
import dev.ringfold.writers.checkpoint.quantum.StatePolicy;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A blob that is not there is seen, whether or not an output was made of its checkpoint. */
class MissingBlobsTest {
  private static final int FLOATS = 50_000;

  @TempDir private Path directory;
  private Path store;

  @BeforeEach
  void twoCheckpoints() {
    store = directory.resolve("store");
    try (Checkpoints checkpoints = Checkpoints.builder(store).keepAll().trees(false).open()) {
      for (int epoch = 1; epoch <= 2; epoch++) {
        float[] weights = new float[FLOATS];
        for (int i = 0; i < FLOATS; i++) {
          weights[i] = (float) Math.sin(i * epoch);
        }
        Tensor tensor = Tensor.of(weights, FLOATS);
        checkpoints.save(epoch, Map.of("w", tensor), Map.of(), Map.of()).await();
      }
    }
  }

  private List<Path> blobs(long moreThan) throws IOException {
    try (Stream<Path> files = Files.walk(store.resolve("blobs"))) {
      return files
          .filter(file -> Files.isRegularFile(file) && file.toFile().length() > moreThan)
          .toList();
    }
  }

  private List<String> findings() throws IOException {
    StoreCheck.Report report = StoreCheck.full(store, store.resolve("outputs"));
    assertThat(report.intact()).isEqualTo(report.findings().isEmpty());
    return report.findings().stream().map(Finding::toText).toList();
  }

  @Test
  void aMissingChunkOfACheckpointIsFoundWithoutATree() throws IOException {
    assertThat(findings()).isEmpty();
    Files.delete(blobs(FLOATS).get(0));

    assertThat(findings())
        .singleElement()
        .asString()
        .contains("1 of the 1 blobs of checkpoint ")
        .contains("missing");
    try (EventLogReader log = EventLogReader.open(store, EventTypes.builtin());
        CheckpointReader reader = CheckpointReader.open(log)) {
      List<CheckpointSummary> all = reader.list();
      assertThat(all).hasSize(2);
      assertThat(all.stream().filter(reader::isStored)).hasSize(1);
    }
  }

  @Test
  void missingBlobsOfAQuantumStateAreFound() throws IOException {
    List<Path> before = blobs(0);
    try (QuantumStore states = QuantumStore.builder(store).policy(StatePolicy.RAW).open()) {
      double[] vector = {Math.sqrt(0.5), 0, 0, 0, 0, 0, Math.sqrt(0.5), 0};
      Instant time = Instant.parse("2026-11-20T10:00:00Z");
      states.save(QuantumState.builder("bell", 2).vector(vector).timestamp(time).build()).join();
    }
    assertThat(findings()).isEmpty();
    for (Path blob : blobs(0)) {
      if (!before.contains(blob)) {
        Files.delete(blob);
      }
    }

    assertThat(findings()).anyMatch(text -> text.contains("of quantum state "));
  }
}
