// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import static dev.ringfold.writers.checkpoint.CheckpointFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.LogOption;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.writers.checkpoint.internal.chunk.Tensors;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
  @TempDir Path store;

  @Test
  void whatIsSavedIsLoadedAlsoAfterTheStoreWasOpenedAgain() {
    Map<String, Tensor> model = CheckpointFixture.model(3, 5_000, 1);
    Map<String, Tensor> optimizer = Map.of("step", Tensor.of(new long[] {12}));
    try (Checkpoints checkpoints = CheckpointFixture.open(store)) {
      Saving saving =
          checkpoints.save(7, model, optimizer, Map.of("loss", 0.25, "tags", List.of("a", "b")));
      assertThat(saving.captured()).isDone();
      CheckpointSummary summary = saving.await();
      assertThat(summary.epoch()).isEqualTo(7);
      assertThat(summary.run()).isEqualTo(Checkpoints.DEFAULT_RUN);
      assertThat(summary.tensors()).isEqualTo(4);
      assertThat(summary.rawBytes()).isEqualTo(3 * 20_000 + 8);
      check(checkpoints.load(7), model);
    }
    try (Checkpoints checkpoints = CheckpointFixture.open(store)) {
      Checkpoint back = checkpoints.latest();
      check(back, model);
      assertThat(back.optimizerState().get("step").toLongs()).containsExactly(12);
      assertThat(back.metadata())
          .containsEntry("loss", 0.25)
          .containsEntry("tags", List.of("a", "b"));
      assertThat(back.groups()).containsExactly("model_state", "optimizer_state");
    }
  }

  private static void check(Checkpoint back, Map<String, Tensor> model) {
    assertThat(back.names()).containsExactlyElementsOf(model.keySet());
    Map<String, Tensor> all = back.modelState();
    model.forEach(
        (name, tensor) -> {
          assertThat(back.tensor(name).contentEquals(tensor)).isTrue();
          assertThat(all.get(name).contentEquals(tensor)).isTrue();
        });
  }

  @Test
  void everyTypeAndShapeComesBack() {
    Random random = new Random(CheckpointFixture.SEED);
    Map<String, Tensor> state = new HashMap<>();
    for (DType dtype : DType.values()) {
      state.put(dtype + ".scalar", Tensors.random(dtype, random));
      state.put(dtype + ".empty", Tensors.random(dtype, random, 3, 0));
      state.put(dtype + ".matrix", Tensors.random(dtype, random, 37, 11));
      state.put("deep/er." + dtype, Tensors.random(dtype, random, 2, 3, 4, 5));
    }
    state.put("booleans", Tensor.of(new boolean[] {true, false, true}, 3));
    state.put("shorts", Tensor.of(new short[] {1, -2, 3}, 3));
    state.put("complex", Tensor.complex128(new double[] {1, 2, 3, 4}, 2));
    ByteBuffer offHeap = ByteBuffer.allocateDirect(4_096);
    offHeap.putInt(100, 0x01020304);
    state.put("offHeap", Tensor.of(DType.UINT8, offHeap, 4_096));
    try (Checkpoints checkpoints = CheckpointFixture.open(store)) {
      checkpoints.save(1, state, Map.of(), Map.of()).await();
      Map<String, Tensor> back = checkpoints.latest().modelState();
      assertThat(back.keySet()).isEqualTo(state.keySet());
      state.forEach(
          (name, tensor) -> assertThat(back.get(name).contentEquals(tensor)).as(name).isTrue());
    }
  }

  @Test
  void theCallerMayChangeItsArraysOnceTheyAreCaptured() {
    float[] weights = CheckpointFixture.floats(3 << 20, 1);
    float[] before = weights.clone();
    CountDownLatch held = new CountDownLatch(1);
    try (Checkpoints checkpoints = CheckpointFixture.open(store);
        FaultPoint.Hook hook =
            FaultPoint.install(
                name -> {
                  if (name.equals("checkpoint.forced")) {
                    awaitQuietly(held);
                  }
                })) {
      assertThat(hook).isNotNull();
      checkpoints.save(0, Map.of(), Map.of(), Map.of()); // Keeps the thread that saves busy.
      Saving saving =
          checkpoints.save(1, Map.of("w", Tensor.of(weights, weights.length)), Map.of(), Map.of());
      assertThat(saving.captured()).isDone();
      Arrays.fill(weights, -1f);
      held.countDown();
      saving.await();
      assertThat(checkpoints.latest().tensor("w").toFloats()).isEqualTo(before);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aCheckpointIsFoundByEpochSequenceLabelAndAsTheNewest() {
    try (Checkpoints checkpoints = CheckpointFixture.open(store)) {
      CheckpointSummary one = save(checkpoints, 1);
      CheckpointSummary two =
          checkpoints
              .save(
                  CheckpointDraft.of(2).label("best").modelState(CheckpointFixture.model(1, 10, 2)))
              .await();
      CheckpointSummary again = save(checkpoints, 1);

      assertThat(checkpoints.load(1).sequence()).isEqualTo(again.sequence());
      assertThat(checkpoints.loadAt(one.sequence()).sequence()).isEqualTo(one.sequence());
      assertThat(checkpoints.loadAt(again.sequence() - 1).sequence()).isEqualTo(two.sequence());
      assertThat(checkpoints.load("best").epoch()).isEqualTo(2);
      assertThat(checkpoints.load("latest").sequence()).isEqualTo(again.sequence());
      assertThat(checkpoints.latestSummary()).contains(again);
      assertThat(checkpoints.list()).containsExactly(one, two, again);

      checkpoints.label(one.sequence(), "best");
      assertThat(checkpoints.load("best").sequence()).isEqualTo(one.sequence());
      assertThat(checkpoints.list().get(1).label()).isEmpty();
      assertThatThrownBy(() -> checkpoints.load(9))
          .isInstanceOfSatisfying(
              CheckpointNotFoundException.class,
              e -> assertThat(e.nearestEpochs()).containsExactly(2L, 1L));
      assertThatThrownBy(() -> checkpoints.load("worst"))
          .isInstanceOf(CheckpointNotFoundException.class);
      assertThatThrownBy(() -> checkpoints.loadAt(0))
          .isInstanceOf(CheckpointNotFoundException.class);
      assertThatThrownBy(() -> checkpoints.latest().tensor("nothing"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("layer0.weight");
    }
  }

  private static CheckpointSummary save(Checkpoints checkpoints, long epoch) {
    return checkpoints
        .save(epoch, CheckpointFixture.model(1, 10, epoch), Map.of(), Map.of())
        .await();
  }

  @Test
  void runsDoNotMixWhenOneIsNamed() {
    try (Checkpoints checkpoints = CheckpointFixture.builder(store).run("r1").open()) {
      save(checkpoints, 1);
      checkpoints
          .save(CheckpointDraft.of(5).run("r2").modelState(CheckpointFixture.model(1, 10, 2)))
          .await();
      assertThat(checkpoints.latest().epoch()).isEqualTo(1);
      assertThat(checkpoints.list()).extracting(CheckpointSummary::run).containsExactly("r1", "r2");
      assertThatThrownBy(() -> checkpoints.load(5))
          .isInstanceOf(CheckpointNotFoundException.class)
          .hasMessageContaining("run 'r1'");
    }
    try (Checkpoints all = CheckpointFixture.open(store)) {
      assertThat(all.latest().epoch()).isEqualTo(5);
    }
  }

  @Test
  void anotherProcessReadsWhileOneSaves() {
    try (Checkpoints checkpoints = CheckpointFixture.open(store);
        EventLogReader log = EventLog.openReadOnly(store);
        CheckpointReader reader = CheckpointReader.open(log)) {
      assertThat(reader.latestSummary()).isEmpty();
      CheckpointSummary one = save(checkpoints, 3);
      assertThat(reader.list()).containsExactly(one);
      Tensor expected = CheckpointFixture.model(1, 10, 3).get("layer0.weight");
      assertThat(reader.load(3).tensor("layer0.weight").contentEquals(expected)).isTrue();
      assertThat(reader.load("latest").sequence()).isEqualTo(one.sequence());
      assertThat(reader.loadAt(one.sequence() + 5).sequence()).isEqualTo(one.sequence());
      CheckpointSummary two = save(checkpoints, 4);
      assertThat(reader.latest().summary()).isEqualTo(two);
    }
  }

  @Test
  void whatCannotBeSavedIsRefusedBeforeAnythingIsCaptured() {
    Tensor one = Tensor.of(new float[] {1}, 1);
    try (Checkpoints checkpoints = CheckpointFixture.open(store)) {
      for (Map<String, Tensor> bad :
          List.of(
              Map.of("../x", one),
              Map.of("", one),
              Map.of("a", one, "a/b", one),
              Map.of("a//b", one))) {
        assertThatThrownBy(() -> checkpoints.save(1, bad, Map.of(), Map.of()))
            .isInstanceOf(IllegalArgumentException.class);
      }
      assertThatThrownBy(
              () -> checkpoints.save(1, Map.of("a", one), Map.of(), Map.of("loss", Double.NaN)))
          .isInstanceOf(IllegalArgumentException.class);
      for (String label : List.of("latest", "12", "", " x", "a\nb")) {
        assertThatThrownBy(() -> CheckpointDraft.of(1).label(label))
            .isInstanceOf(IllegalArgumentException.class);
      }
      assertThat(checkpoints.list()).isEmpty();
      assertThat(checkpoints.health().pending()).isZero();
    }
  }

  @Test
  void largeMetadataIsKeptInTheManifestAlone() {
    String text = "x".repeat(200_000);
    try (Checkpoints checkpoints = CheckpointFixture.open(store)) {
      CheckpointSummary summary =
          checkpoints.save(1, Map.of(), Map.of(), Map.of("text", text)).await();
      assertThat(summary.metadata()).isEmpty();
      assertThat(checkpoints.latest().metadata()).containsEntry("text", text);
    }
  }

  @Test
  void codecsAreChosenForEachTensor() {
    Map<String, Tensor> model = CheckpointFixture.model(3, 5_000, 1);
    ChunkCodec gzip = ChunkCodec.of("gzip", 6);
    ChunkCodec shuffled = ChunkCodec.DEFAULT.shuffled();
    try (Checkpoints checkpoints = CheckpointFixture.builder(store).codec(ChunkCodec.RAW).open()) {
      checkpoints
          .save(
              CheckpointDraft.of(1)
                  .modelState(model)
                  .codec((group, name) -> name.startsWith("layer1"), gzip)
                  .codecs(Map.of("model_state/layer2.weight", shuffled)))
          .await();
      Checkpoint back = checkpoints.latest();
      assertThat(back.tensors())
          .extracting(TensorSummary::codec)
          .containsExactly(ChunkCodec.RAW, gzip, shuffled);
      check(back, model);
    }
  }

  @Test
  void aThirdSaveWaitsForRoomAndThenGivesUp() throws InterruptedException {
    CountDownLatch held = new CountDownLatch(1);
    try (Checkpoints checkpoints =
            CheckpointFixture.builder(store)
                .log(log -> log.set(LogOption.REQUIRED_TIMEOUT, Duration.ofMillis(300)))
                .open();
        FaultPoint.Hook hook =
            FaultPoint.install(
                name -> {
                  if (name.equals("checkpoint.forced")) {
                    awaitQuietly(held);
                  }
                })) {
      assertThat(hook).isNotNull();
      Saving first = checkpoints.save(1, CheckpointFixture.model(1, 10, 1), Map.of(), Map.of());
      Saving second = checkpoints.save(2, CheckpointFixture.model(1, 10, 2), Map.of(), Map.of());
      assertThat(checkpoints.health().pending()).isEqualTo(2);
      assertThatThrownBy(
              () -> checkpoints.save(3, CheckpointFixture.model(1, 10, 3), Map.of(), Map.of()))
          .isInstanceOf(CheckpointBacklogException.class);
      held.countDown();
      first.await();
      second.await();
      save(checkpoints, 3);
      assertThat(checkpoints.awaitIdle(PATIENCE)).isTrue();
      assertThat(checkpoints.health().pending()).isZero();
      assertThat(checkpoints.health().committed()).isEqualTo(3);
    }
  }

  @Test
  void oneTensorIsReadWithLessThanTwiceItsStoredBytes() {
    Map<String, Tensor> model = CheckpointFixture.model(20, 300_000, 1);
    model.put("small", Tensor.of(new float[1_000], 1_000));
    try (Checkpoints checkpoints = CheckpointFixture.open(store)) {
      checkpoints.save(1, model, Map.of(), Map.of()).await();
      Checkpoint back = checkpoints.latest();
      for (TensorSummary tensor : back.tensors()) {
        long before = checkpoints.log().blobs().bytesRead();
        back.tensor(tensor.group(), tensor.name());
        assertThat(checkpoints.log().blobs().bytesRead() - before)
            .isPositive()
            .isLessThan(2 * tensor.storedBytes());
      }
      long before = checkpoints.log().blobs().bytesRead();
      checkpoints.latest().tensor("layer3.weight");
      assertThat(checkpoints.log().blobs().bytesRead() - before)
          .as("with the list of tensors")
          .isLessThan(2 * 1_200_000);
    }
  }
}
