// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ringfold.EventLog;
import dev.ringfold.blob.BlobSet;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkWriter;
import dev.ringfold.writers.checkpoint.internal.chunk.StoredTensor;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantumStoreTest {
  private static final Instant NOW = Instant.parse("2025-06-30T12:34:56.789Z");

  @TempDir Path directory;

  static QuantumState.Builder state(String id, int qubits) {
    return QuantumState.builder(id, qubits)
        .timestamp(NOW)
        .padValues(0.1, -0.2, 0.3)
        .confidence(0.9)
        .measurementCache(List.of(Map.of("basis", "Z", "counts", List.of(512, 488))))
        .emotional(
            new EmotionalContext(
                new double[][] {{0.1, 0.2, 0.3}}, 0.75, new double[][] {{0, 0, 0}, {1, 1, 1}}))
        .interfaceConfig(Map.of("backend", "statevector"))
        .metadata(Map.of("note", "ä"));
  }

  private QuantumStore raw() {
    return QuantumStore.builder(directory).policy(StatePolicy.RAW).open();
  }

  @Test
  void everyFieldOfAStateComesBackAfterReopening() {
    Mps mps = Mps.of(States.ghz(6), 8, 0);
    QuantumState state =
        state("ghz", 6).vector(States.ghz(6)).mps(mps.tensors(), mps.bondDimension()).build();
    SavedState saved;
    try (QuantumStore store = raw()) {
      saved = store.save(state).join();
    }

    try (QuantumStore store = raw()) {
      assertThat(store.load("ghz")).isEqualTo(state);
      assertThat(store.list()).containsExactly(saved);
      assertThat(saved.raw()).isTrue();
      assertThat(saved.checksum().hex())
          .isEqualTo(StateChecksums.sha256(Tensor.complex128(States.ghz(6), 64)));
      assertThat(saved.rawBytes()).isEqualTo(64 * 16);
    }
  }

  @Test
  void recipeIsStoredInsteadOfTheVectorAndGivesTheSameBits() {
    Recipe recipe = Recipe.of(States.productCircuit(10), new double[0], 7);
    double[] vector = States.product(10);
    try (QuantumStore store = QuantumStore.open(directory)) {
      SavedState saved = store.save(state("p", 10).recipe(recipe).vector(vector).build()).join();

      assertThat(saved.raw()).isFalse();
      assertThat(saved.storedBytes()).isLessThan(8_192);
      assertThat(saved.checksum().hex())
          .isEqualTo(
              new StateChecksums(
                      StateChecksums.of(state("p", 10).recipe(recipe).build()).quantumState(), "")
                  .quantumState());
      assertThat(store.loadStored(saved).vector()).isNull();
      assertThat(store.load("p").vector()).isEqualTo(vector);
      assertThat(store.load("p").recipe()).isEqualTo(recipe);
    }
  }

  @Test
  void recipeThatGivesAnotherStateIsRefused() {
    try (QuantumStore store = QuantumStore.open(directory)) {
      CompletableFuture<SavedState> saved =
          store.save(
              state("p", 5)
                  .recipe(Recipe.of(States.ghzCircuit(5)))
                  .vector(States.product(5))
                  .build());

      assertThatThrownBy(saved::join).hasMessageContaining("gives a state of 5 qubits");
      assertThatThrownBy(store::optimize)
          .isInstanceOf(StateSaveFailedException.class)
          .hasMessageContaining("'p'");
      assertThat(store.list()).isEmpty();
    }
  }

  @Test
  void vectorWithoutARecipeNeedsTensorsOrThePolicyRaw() {
    QuantumState state = state("r", 8).vector(States.mps(8, 3, 5)).build();
    try (QuantumStore store = QuantumStore.open(directory)) {
      assertThatThrownBy(() -> store.save(state))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("StatePolicy.RAW");
    }
    try (QuantumStore store = QuantumStore.builder(directory).mps(new MpsOptions(16, 0)).open()) {
      SavedState saved = store.save(state).join();

      assertThat(saved.fidelityBound()).isEqualTo(1);
      assertThat(store.load("r").bondDimension()).isEqualTo(3);
      assertThat(store.load("r").vector()).containsExactly(state.vector(), within(1e-12));
    }
  }

  @Test
  void lossyTensorsSayTheirFidelityInTheEvent() {
    double[] random = States.random(8, 11);
    try (QuantumStore store = QuantumStore.builder(directory).mps(new MpsOptions(4, 0)).open()) {
      SavedState saved = store.save(state("r", 8).vector(random).build()).join();

      double fidelity = StateVector.of(store.load("r").vector()).fidelity(StateVector.of(random));
      assertThat(saved.fidelityBound()).isLessThan(0.9);
      assertThat(fidelity).isBetween(saved.fidelityBound(), saved.fidelityBound() + 1e-9);
    }
  }

  @Test
  void vectorOverTheCapIsRefusedByName() {
    try (QuantumStore store = QuantumStore.builder(directory).policy(StatePolicy.raw(6)).open()) {
      assertThatThrownBy(() -> store.save(state("big", 7).vector(States.ghz(7)).build()))
          .isInstanceOf(StateTooLargeException.class)
          .hasMessageContaining("'big'")
          .hasMessageContaining("up to 6");
      store.save(state("recipe", 7).recipe(Recipe.of(States.ghzCircuit(7))).build()).join();
      assertThat(store.load("recipe").vector()).isNull();
      assertThatThrownBy(() -> store.stream("recipe", (first, part) -> {}))
          .isInstanceOf(StateTooLargeException.class);
    }
  }

  @Test
  void newestVersionIsLoadedAndOlderOnesAtTheirSequences() {
    try (QuantumStore store = raw()) {
      SavedState first = store.save(state("s", 4).vector(States.ghz(4)).build()).join();
      SavedState second = store.save(state("s", 4).vector(States.product(4)).build()).join();

      assertThat(store.load("s").vector()).isEqualTo(States.product(4));
      assertThat(store.loadAt("s", first.sequence()).vector()).isEqualTo(States.ghz(4));
      assertThat(store.loadAt("s", second.sequence() - 1).vector()).isEqualTo(States.ghz(4));
      assertThat(store.versions("s")).containsExactly(first, second);
      assertThat(store.find("s")).contains(second);
      assertThatThrownBy(() -> store.loadAt("s", first.sequence() - 1))
          .isInstanceOf(StateNotFoundException.class);
    }
  }

  @Test
  void groupIsSavedInOneFrameOrNotAtAll() {
    List<QuantumState> group =
        List.of(
            state("a", 3).vector(States.ghz(3)).build(),
            state("b", 3).recipe(Recipe.of(States.ghzCircuit(3))).vector(States.ghz(3)).build());
    try (QuantumStore store = raw()) {
      List<SavedState> saved = store.saveAll(group).join();

      assertThat(saved).extracting(SavedState::id).containsExactly("a", "b");
      assertThat(saved.get(1).sequence()).isEqualTo(saved.get(0).sequence() + 1);
      assertThat(saved.get(1).savedAt()).isEqualTo(saved.get(0).savedAt());
      CompletableFuture<List<SavedState>> failing;
      try (QuantumStore recipes = QuantumStore.builder(directory.resolveSibling("other")).open()) {
        failing =
            recipes.saveAll(
                List.of(
                    state("good", 3).recipe(Recipe.of(States.ghzCircuit(3))).build(),
                    state("bad", 3)
                        .recipe(Recipe.of(States.productCircuit(3)))
                        .vector(States.ghz(3))
                        .build()));
        assertThatThrownBy(failing::join).isInstanceOf(CompletionException.class);
        assertThat(recipes.list()).isEmpty();
        assertThatThrownBy(() -> recipes.remove("x", ""))
            .isInstanceOf(StateSaveFailedException.class);
      }
    }
  }

  @Test
  void saveReturnsBeforeTheStateIsCompressed() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    ChunkWriter chunks = new ChunkWriter();
    try (QuantumStore store =
        QuantumStore.builder(directory)
            .policy(StatePolicy.RAW)
            .maxWaiting(100_000)
            .tensors(
                (set, requests) -> {
                  entered.countDown();
                  await(release);
                  return chunks.write(set, requests);
                })
            .open()) {
      CompletableFuture<SavedState> first =
          store.save(state("a", 10).vector(States.ghz(10)).build());
      CompletableFuture<SavedState> second =
          store.save(state("b", 10).vector(States.ghz(10)).build());

      assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(first).isNotDone();
      assertThat(store.stats().waiting()).isEqualTo(2);
      assertThat(store.awaitSaved(Duration.ZERO)).isFalse();
      release.countDown();
      assertThat(second.join().id()).isEqualTo("b");
      assertThat(store.awaitSaved(Duration.ofSeconds(10))).isTrue();
      assertThat(store.stats().saved()).isEqualTo(2);
    }
    chunks.close();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void closeSavesWhatWaits() {
    List<CompletableFuture<SavedState>> all = new ArrayList<>();
    try (QuantumStore store = raw()) {
      for (int i = 0; i < 50; i++) {
        all.add(store.save(state("s" + i, 8).vector(States.random(8, i)).build()));
      }
    }

    assertThat(all).allMatch(future -> future.isDone() && !future.isCompletedExceptionally());
    try (QuantumStore store = raw()) {
      assertThat(store.list()).hasSize(50);
      assertThat(store.load("s49").vector()).isEqualTo(States.random(8, 49));
    }
  }

  @Test
  void cacheIsBoundedByBytesAndTellsItsHitRate() {
    try (QuantumStore store =
        QuantumStore.builder(directory).policy(StatePolicy.RAW).cache(100_000).open()) {
      for (int i = 0; i < 4; i++) {
        store.save(state("s" + i, 11).vector(States.random(11, i)).build()).join();
      }
      QuantumState first = store.load("s0");
      assertThat(store.load("s0")).isSameAs(first);
      store.load("s1");
      store.load("s0");
      store.load("s2");
      store.load("s3");

      QuantumStoreStats stats = store.stats();
      assertThat(stats.cachedBytes()).isLessThanOrEqualTo(100_000);
      assertThat(stats.cachedStates()).isEqualTo(2);
      assertThat(stats.cacheEvictions()).isEqualTo(2);
      assertThat(stats.cacheHits()).isEqualTo(2);
      assertThat(stats.cacheMisses()).isEqualTo(4);
      assertThat(stats.cacheHitRate()).isEqualTo(2.0 / 6);
    }
  }

  @Test
  void largeVectorStreamsInChunksOfItsFiles() {
    double[] vector = States.random(19, 3);
    List<Integer> sizes = new ArrayList<>();
    try (QuantumStore store = raw()) {
      store.save(state("large", 19).vector(vector).build()).join();
      double[] streamed = new double[vector.length];

      store.stream(
          "large",
          (first, part) -> {
            sizes.add(part.remaining());
            part.get(streamed, Math.toIntExact(2 * first), part.remaining());
          });

      assertThat(streamed).isEqualTo(vector);
      assertThat(sizes).hasSizeGreaterThan(1);
      assertThat(store.stats().cachedStates()).isZero();
    }
  }

  @Test
  void unknownIdNamesTheNearest() {
    try (QuantumStore store = raw()) {
      for (String id : List.of("experiment-1", "experiment-2", "bell", "zzz")) {
        store.save(state(id, 2).vector(States.ghz(2)).build()).join();
      }

      assertThatThrownBy(() -> store.load("experiment-3"))
          .isInstanceOfSatisfying(
              StateNotFoundException.class,
              e -> assertThat(e.nearest()).hasSize(3).startsWith("experiment-1", "experiment-2"))
          .hasMessageContaining("State not found")
          .hasMessageContaining("ringfold state list");
    }
  }

  @Test
  void failingCompressionStepsDownAndIsRecorded() {
    List<String> tried = new ArrayList<>();
    ChunkWriter chunks = new ChunkWriter();
    try (QuantumStore store =
        QuantumStore.builder(directory)
            .policy(StatePolicy.RAW)
            .codec(
                new dev.ringfold.writers.checkpoint.ChunkCodec(
                    dev.ringfold.writers.checkpoint.Compressor.GZIP, 9, true))
            .compressFrom(0)
            .tensors((set, requests) -> failingAbove(1, chunks, tried, set, requests))
            .open()) {
      SavedState saved = store.save(state("s", 6).vector(States.ghz(6)).build()).join();

      assertThat(tried).containsExactly("shuffle+gzip(9)", "shuffle+gzip(6)", "shuffle+gzip(1)");
      assertThat(store.load("s").vector()).isEqualTo(States.ghz(6));
      Object metrics = store.compressionMetrics(saved).get("attempts");
      assertThat(metrics)
          .asString()
          .contains("shuffle+gzip(9): java.lang.OutOfMemoryError: level 9")
          .contains("shuffle+gzip(6)");
      assertThat(store.compressionMetrics(saved)).containsEntry("codec", "shuffle+gzip(1)");
    }
    chunks.close();
  }

  private static List<StoredTensor> failingAbove(
      int level,
      ChunkWriter chunks,
      List<String> tried,
      BlobSet set,
      List<ChunkWriter.Request> requests) {
    tried.add(requests.get(0).codec().toString());
    if (requests.get(0).codec().level() > level) {
      throw new OutOfMemoryError("level " + requests.get(0).codec().level());
    }
    return chunks.write(set, requests);
  }

  @Test
  void compressionThatFailsAtEveryLevelIsATypedError() {
    try (QuantumStore store =
        QuantumStore.builder(directory)
            .policy(StatePolicy.RAW)
            .compressFrom(0)
            .tensors(
                (set, requests) -> {
                  throw new OutOfMemoryError("always");
                })
            .open()) {
      CompletableFuture<SavedState> failing =
          store.save(state("s", 6).vector(States.ghz(6)).build());

      assertThatThrownBy(failing::join)
          .hasCauseInstanceOf(CompressionFailedException.class)
          .satisfies(
              e ->
                  assertThat(((CompressionFailedException) e.getCause()).attempts())
                      .hasSize(3)
                      .last()
                      .asString()
                      .startsWith("none"));
      assertThat(store.stats().failed()).isEqualTo(1);
      assertThat(store.stats().lastFailure()).contains("Compression failed");
      assertThatThrownBy(store::optimize).isInstanceOf(StateSaveFailedException.class);
    }
  }

  @Test
  void storeOverAnOpenLogLeavesItOpen() {
    try (EventLog log = EventLog.open(directory)) {
      try (QuantumStore store = QuantumStore.on(log).open()) {
        store.save(state("a", 3).recipe(Recipe.of(States.ghzCircuit(3))).build()).join();
      }
      try (QuantumStore store = QuantumStore.on(log).open()) {
        assertThat(store.load("a").vector()).isEqualTo(States.ghz(3));
      }
      assertThat(log.health().toString()).isEqualTo("open");
    }
  }

  @Test
  void removedStateIsNotFoundAnyMore() {
    try (QuantumStore store = raw()) {
      store.save(state("a", 3).vector(States.ghz(3)).build()).join();
      store.save(state("a", 3).vector(States.product(3)).build()).join();
      store.remove("a", "no use");

      assertThat(store.list()).isEmpty();
      assertThatThrownBy(() -> store.load("a")).isInstanceOf(StateNotFoundException.class);
    }
    try (QuantumStore store = raw()) {
      assertThat(store.versions("a")).isEmpty();
    }
  }

  @Test
  void manyQubitsAreKeptAsTensors() {
    Tensor one = Tensor.complex128(new double[] {1, 0, 0, 0}, 1, 2, 1);
    QuantumState chain =
        state("chain", 100).mps(java.util.Collections.nCopies(100, one), 1).build();
    try (QuantumStore store = QuantumStore.open(directory)) {
      SavedState saved = store.save(chain).join();

      assertThat(store.load("chain")).isEqualTo(chain);
      assertThat(saved.fidelityBound()).isEqualTo(1);
      assertThat(saved.rawBytes()).isEqualTo(100 * 32);
    }
  }
}
