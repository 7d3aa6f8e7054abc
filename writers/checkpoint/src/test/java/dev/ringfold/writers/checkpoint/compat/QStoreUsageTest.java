// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.StoreAccessException;
import dev.ringfold.writers.checkpoint.CheckpointNotFoundException;
import dev.ringfold.writers.checkpoint.Saving;
import dev.ringfold.writers.checkpoint.foreign.Foreign;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One test for each call of Q-Store's checkpoint section. */
class QStoreUsageTest {
  @TempDir Path directory;

  private static Map<String, Tensor> model(int epoch) {
    float[] weights = new float[5_000];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) Math.sin(i * 0.01 + epoch);
    }
    return Map.of(
        "layer1_weights", Tensor.of(weights, 50, 100),
        "layer1.bias", Tensor.of(new float[] {1, 2, 3}, 3));
  }

  private static Map<String, Tensor> optimizer(int epoch) {
    return Map.of("momentum", Tensor.of(new double[] {epoch, -epoch}, 2));
  }

  private Path checkpoints() {
    return directory.resolve("checkpoints");
  }

  // manager = CheckpointManager(checkpoint_dir='checkpoints/', keep_last=5, compression='zstd',
  //     compression_level=3)
  // await manager.save(epoch=10, model_state={...}, optimizer_state={...}, metadata={...})
  // state = await manager.load(epoch=10)
  @Test
  void savedEpochIsLoadedWithAllItsParts() {
    try (CheckpointManager manager = new CheckpointManager(checkpoints(), 5, "zstd", 3)) {
      Saving saving =
          manager.save(10, model(10), optimizer(10), Map.of("loss", 0.5, "accuracy", 0.9));
      assertThat(saving.captured()).isDone();
      saving.await();

      LoadedCheckpoint state = manager.load(10);

      assertThat(state.modelState()).containsOnlyKeys("layer1.bias", "layer1_weights");
      assertThat(
              state
                  .modelState()
                  .get("layer1_weights")
                  .contentEquals(model(10).get("layer1_weights")))
          .isTrue();
      assertThat(state.optimizerState().get("momentum").toDoubles()).containsExactly(10, -10);
      assertThat(state.metadata())
          .containsExactlyInAnyOrderEntriesOf(Map.of("loss", 0.5, "accuracy", 0.9));
      assertThatThrownBy(() -> manager.load(11))
          .isInstanceOf(CheckpointNotFoundException.class)
          .hasMessageContaining("[10]");
    }
  }

  // checkpoints = manager.list_checkpoints()  # [8, 9, 10, 11, 12]
  // latest = manager.latest_checkpoint()      # 12
  @Test
  void fiveNewestEpochsAreListedAndTheLatestIsTheHighest() {
    try (CheckpointManager manager = new CheckpointManager(checkpoints())) {
      assertThat(manager.latestCheckpoint()).isEmpty();
      for (int epoch = 1; epoch <= 12; epoch++) {
        manager.save(epoch, model(epoch), optimizer(epoch)).await();
      }
    }
    try (CheckpointManager manager = new CheckpointManager(checkpoints())) {
      assertThat(manager.listCheckpoints()).containsExactly(8L, 9L, 10L, 11L, 12L);
      assertThat(manager.latestCheckpoint()).hasValue(12);
    }
  }

  // compression='zstd', compression_level=9; compression='lz4', compression_level=1
  @ParameterizedTest
  @CsvSource({"zstd,9", "lz4,1", "gzip,6", "none,0"})
  void everyCompressionLoadsAgain(String compression, int level) {
    try (CheckpointManager manager = new CheckpointManager(checkpoints(), 5, compression, level)) {
      manager.save(1, model(1), Map.of()).await();

      assertThat(
              manager
                  .load(1)
                  .modelState()
                  .get("layer1_weights")
                  .contentEquals(model(1).get("layer1_weights")))
          .isTrue();
      assertThat(manager.statistics().count()).isEqualTo(1);
    }
  }

  // CheckpointManager(checkpoint_dir='checkpoints/', keep_last=2)
  @Test
  void keepLastTwoKeepsTwo() {
    try (CheckpointManager manager = new CheckpointManager(checkpoints(), 2)) {
      for (int epoch = 1; epoch <= 4; epoch++) {
        manager.save(epoch, model(epoch), Map.of()).await();
      }
      manager.save(5, model(5), Map.of()).await();
    }
    try (CheckpointManager manager = new CheckpointManager(checkpoints(), 2)) {
      assertThat(manager.listCheckpoints()).containsExactly(4L, 5L);
    }
  }

  @Test
  void directoryHoldsTreesThatZarrReads() {
    try (CheckpointManager manager = new CheckpointManager(checkpoints())) {
      manager.save(3, model(3), optimizer(3), Map.of("loss", 0.25)).await();
    }

    assertThat(
            Foreign.python(
                List.of("zarr", "numpy"),
                """
                import glob, sys, zarr
                tree = zarr.open(glob.glob(sys.argv[1] + "/epoch-*.zarr")[0], "r")
                print(tree["model_state"]["layer1_weights"].shape,
                      tree["optimizer_state"]["momentum"][:].tolist())
                """,
                checkpoints()))
        .isEqualTo("(50, 100) [3.0, -3.0]");
    assertThat(checkpoints().resolve("checkpoint_registry.json")).exists();
  }

  @Test
  void comparisonTellsTimeSizeAndChangedTensors() {
    try (CheckpointManager manager = new CheckpointManager(checkpoints())) {
      manager.save(1, model(1), Map.of("m", Tensor.of(new float[1], 1))).await();
      manager
          .save(
              2,
              Map.of(
                  "layer1_weights", model(2).get("layer1_weights"),
                  "layer1.bias", model(2).get("layer1.bias"),
                  "layer2", Tensor.of(new float[100], 100)),
              Map.of())
          .await();

      CheckpointComparison comparison = manager.compareCheckpoints(1, 2);

      assertThat(comparison.changed()).containsExactly("model_state/layer1_weights");
      assertThat(comparison.unchanged()).containsExactly("model_state/layer1.bias");
      assertThat(comparison.added()).containsExactly("model_state/layer2");
      assertThat(comparison.removed()).containsExactly("optimizer_state/m");
      assertThat(comparison.rawBytes()).isEqualTo(4 * 100 - 4);
      assertThat(comparison.timeBetween()).isPositive();
      assertThat(comparison.sameTensors()).isFalse();
      assertThat(manager.compareCheckpoints(1, 1).sameTensors()).isTrue();
      CheckpointStatistics statistics = manager.statistics();
      assertThat(statistics.count()).isEqualTo(2);
      assertThat(statistics.rawBytes()).isEqualTo(4 * (5_003 + 1) + 4 * (5_003 + 100));
      assertThat(statistics.oldest().orElseThrow()).isBefore(statistics.newest().orElseThrow());
    }
  }

  @Test
  void directoryThatIsNotOursIsRefused() throws IOException {
    Files.createDirectories(checkpoints());

    assertThatThrownBy(() -> new CheckpointManager(checkpoints()))
        .isInstanceOf(StoreAccessException.class)
        .hasMessageContaining("not made here");
    assertThatThrownBy(() -> new CheckpointManager(directory.resolve("x"), 5, "blosc", 3))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new CheckpointManager(directory.resolve("x"), 5, "gzip", 12))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
