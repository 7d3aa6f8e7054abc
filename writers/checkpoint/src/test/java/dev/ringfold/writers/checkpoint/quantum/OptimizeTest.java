// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import static dev.ringfold.writers.checkpoint.quantum.QuantumStoreTest.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventLog;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptimizeTest {
  @TempDir Path directory;

  private QuantumStore raw() {
    return QuantumStore.builder(directory).policy(StatePolicy.RAW).open();
  }

  private long blobBytes() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("blobs"))) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  @Test
  void supersededVersionsGoAndTheirSpaceIsFreed() throws IOException {
    try (QuantumStore store = raw()) {
      for (int i = 0; i < 4; i++) {
        store.save(state("s", 15).vector(States.random(15, i)).build()).join();
      }
      long before = blobBytes();

      OptimizeReport report = store.optimize();

      assertThat(report.removed()).isEqualTo(3);
      assertThat(report.kept()).isEqualTo(1);
      assertThat(report.bytesFreed()).isGreaterThan(before / 2);
      assertThat(blobBytes()).isLessThan(before / 3);
      assertThat(store.load("s").vector()).isEqualTo(States.random(15, 3));
      assertThat(store.versions("s")).hasSize(1);
      assertThat(store.optimize()).isEqualTo(new OptimizeReport(0, 1, 0));
    }
    try (QuantumStore store = raw()) {
      assertThat(store.load("s").vector()).isEqualTo(States.random(15, 3));
    }
  }

  @Test
  void whatACheckpointOrAnotherStateNamesStays() {
    double[] shared = States.random(14, 1);
    try (EventLog log = EventLog.open(directory);
        Checkpoints checkpoints = Checkpoints.on(log).open();
        QuantumStore store =
            QuantumStore.on(log)
                .policy(StatePolicy.RAW)
                .codec(dev.ringfold.writers.checkpoint.ChunkCodec.DEFAULT)
                .open()) {
      store.save(state("a", 14).vector(shared).build()).join();
      store.save(state("b", 14).vector(shared).build()).join();
      store.save(state("c", 14).vector(States.random(14, 2)).build()).join();
      checkpoints
          .save(
              1, Map.of("v", Tensor.complex128(States.random(14, 2), 1 << 14)), Map.of(), Map.of())
          .await();
      store.remove("a", "");
      store.remove("c", "");
      store.optimize();

      assertThat(store.load("b").vector()).isEqualTo(shared);
      assertThat(checkpoints.load(1).tensor("v").toDoubles()).isEqualTo(States.random(14, 2));
      assertThat(store.scrub().damaged()).isEmpty();
      checkpoints.remove(checkpoints.latest().sequence());
      assertThat(store.load("b").vector()).isEqualTo(shared);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "checkpoint.chunk.put",
        "blob.tmpWritten",
        "blob.renamed",
        "blob.directoriesForced",
        "checkpoint.forced"
      })
  void saveThatFailsBeforeItsEventLeavesTheOldVersionAndNoDebris(String point) throws IOException {
    long before;
    try (QuantumStore store = raw()) {
      store.save(state("s", 15).vector(States.random(15, 1)).build()).join();
      before = blobBytes();
      try (FaultPoint.Hook hook = FaultPoint.install(name -> fail(name, point))) {
        CompletableFuture<SavedState> saved =
            store.save(state("s", 15).vector(States.random(15, 2)).build());
        assertThat(hook).isNotNull();
        assertThatThrownBy(saved::join).hasMessageContaining(point);
      }
      assertThatThrownBy(store::close).isInstanceOf(StateSaveFailedException.class);
    }
    try (QuantumStore store = raw()) {
      assertThat(store.load("s").vector()).isEqualTo(States.random(15, 1));
      assertThat(store.versions("s")).hasSize(1);
      store.optimize();
      assertThat(store.scrub().damaged()).isEmpty();
      assertThat(blobBytes()).as("no debris").isEqualTo(before);
    }
  }

  private static void fail(String name, String point) {
    if (name.equals(point)) {
      throw new IllegalStateException("failed at " + point);
    }
  }

  @Test
  void journalIsHeldFromTheOldestStateOn() {
    try (QuantumStore store = raw()) {
      assertThat(store.log().holds().list()).isEmpty();
      SavedState first = store.save(state("a", 3).vector(States.ghz(3)).build()).join();
      SavedState second = store.save(state("b", 3).vector(States.ghz(3)).build()).join();
      assertThat(holds(store)).containsExactly(first.sequence());
      store.remove("a", "");
      assertThat(holds(store)).containsExactly(second.sequence());
      store.remove("b", "");
      assertThat(holds(store)).isEmpty();
    }
  }

  private static List<Long> holds(QuantumStore store) {
    return store.log().holds().list().stream().map(hold -> hold.sequence()).toList();
  }
}
