// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import static dev.ringfold.writers.checkpoint.CheckpointFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.AckLevel;
import dev.ringfold.Producer;
import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobSet;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventCodec;
import dev.ringfold.event.EventType;
import dev.ringfold.event.QuantumStateRemoved;
import dev.ringfold.event.QuantumStateSaved;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkWriter;
import dev.ringfold.writers.checkpoint.internal.chunk.Manifest;
import dev.ringfold.writers.checkpoint.internal.chunk.StoredTensor;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Equal bytes are stored once, and space is freed as soon as nothing needs it, never before. */
class CheckpointSpaceTest {
  private static final int FLOATS = 100_000;

  @TempDir Path store;

  /** A user's event that names a blob. */
  private record Named(BlobRef blob) implements Event {}

  private static final EventType<Named> NAMED =
      EventType.builder(
              2_000,
              "test.Named",
              Named.class,
              EventCodec.of(
                  (event, out) -> {
                    out.putRaw(event.blob().id().bytes(), 0, BlobId.LENGTH);
                    out.putLong(event.blob().length());
                  },
                  in ->
                      new Named(new BlobRef(BlobId.of(in.readRaw(BlobId.LENGTH)), in.readLong()))))
          .blobs(event -> List.of(event.blob()))
          .build();

  private static CheckpointSummary save(Checkpoints checkpoints, long epoch) {
    return checkpoints
        .save(epoch, CheckpointFixture.model(1, FLOATS, 100 * epoch), Map.of(), Map.of())
        .await();
  }

  private static void settle(Checkpoints checkpoints) {
    try {
      assertThat(checkpoints.awaitIdle(PATIENCE)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    assertThat(checkpoints.health().collectionProblem()).isEmpty();
  }

  @Test
  void tenCheckpointsWithNineTenthsFrozenWeightsTakeAtMostTwiceOne() throws IOException {
    long one;
    try (Checkpoints checkpoints = CheckpointFixture.builder(store).keepAll().open()) {
      Map<String, Tensor> model = CheckpointFixture.model(20, FLOATS, 1);
      checkpoints.save(0, model, Map.of(), Map.of()).await();
      one = CheckpointFixture.bytesBelow(store.resolve("blobs"));
      for (int epoch = 1; epoch < 10; epoch++) {
        model.putAll(CheckpointFixture.model(2, FLOATS, 1_000 * epoch));
        CheckpointSummary summary = checkpoints.save(epoch, model, Map.of(), Map.of()).await();
        assertThat(summary.newBytes()).isLessThan(summary.storedBytes() / 5);
      }
      assertThat(checkpoints.list()).hasSize(10);
      for (int epoch = 0; epoch < 10; epoch++) {
        assertThat(checkpoints.load(epoch).modelState()).hasSize(20);
      }
    }
    assertThat(CheckpointFixture.bytesBelow(store.resolve("blobs"))).isLessThanOrEqualTo(2 * one);
  }

  @Test
  void theOldestAreGivenUpAndTheirSpaceIsFreed() throws IOException {
    try (Checkpoints checkpoints = CheckpointFixture.builder(store).keepLast(3).open()) {
      for (int epoch = 1; epoch <= 8; epoch++) {
        save(checkpoints, epoch);
      }
      settle(checkpoints);
      assertThat(checkpoints.list())
          .extracting(CheckpointSummary::epoch)
          .containsExactly(6L, 7L, 8L);
      assertThat(CheckpointFixture.bytesBelow(store.resolve("blobs")))
          .isLessThan(3 * 4 * FLOATS + 9_999);
      for (int epoch = 6; epoch <= 8; epoch++) {
        assertThat(checkpoints.load(epoch).modelState()).hasSize(1);
      }
    }
  }

  @Test
  void whatIsPinnedOrNamedStays() throws IOException {
    try (Checkpoints checkpoints = CheckpointFixture.builder(store).keepLast(1).open()) {
      long pinned = save(checkpoints, 1).sequence();
      checkpoints.pin(pinned, "the paper's figure");
      long labelled = save(checkpoints, 2).sequence();
      checkpoints.label(labelled, "best");
      save(checkpoints, 3);
      save(checkpoints, 4);
      settle(checkpoints);
      assertThat(checkpoints.list())
          .extracting(CheckpointSummary::epoch)
          .containsExactly(1L, 2L, 4L);
      assertThat(checkpoints.list().get(0).pinReason()).isEqualTo("the paper's figure");
      assertThat(checkpoints.loadAt(pinned).modelState()).hasSize(1);
      assertThat(checkpoints.load("best").modelState()).hasSize(1);
      assertThatThrownBy(() -> checkpoints.remove(pinned))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("figure");

      checkpoints.unpin(pinned);
      checkpoints.label(labelled, "");
      save(checkpoints, 5);
      settle(checkpoints);
      assertThat(checkpoints.list()).extracting(CheckpointSummary::epoch).containsExactly(5L);
      assertThat(CheckpointFixture.bytesBelow(store.resolve("blobs")))
          .isLessThan(4 * FLOATS + 9_999);
    }
  }

  @Test
  void oneThatIsRemovedIsGoneAndSaysSo() throws IOException {
    try (Checkpoints checkpoints = CheckpointFixture.open(store)) {
      long one = save(checkpoints, 1).sequence();
      Checkpoint loaded = checkpoints.loadAt(one);
      save(checkpoints, 2);
      long before = CheckpointFixture.bytesBelow(store.resolve("blobs"));
      checkpoints.remove(one);
      assertThat(CheckpointFixture.bytesBelow(store.resolve("blobs")))
          .isLessThan(before - 3 * FLOATS);
      assertThatThrownBy(() -> checkpoints.loadAt(one))
          .isInstanceOf(CheckpointNotFoundException.class)
          .hasMessageContaining("removed");
      assertThatThrownBy(loaded::modelState)
          .isInstanceOf(CheckpointNotFoundException.class)
          .hasMessageContaining("removed");
      assertThatThrownBy(() -> checkpoints.remove(one))
          .isInstanceOf(CheckpointNotFoundException.class);
      assertThat(checkpoints.load(2).modelState()).hasSize(1);
      assertThat(checkpoints.gc()).isZero();
    }
  }

  @Test
  void whatAUsersEventNamesIsKept() {
    try (Checkpoints checkpoints =
        CheckpointFixture.builder(store).log(log -> log.register(NAMED)).open()) {
      CheckpointSummary one = save(checkpoints, 1);
      BlobStore blobs = checkpoints.log().blobs();
      BlobRef shared =
          Manifest.decode(ByteBuffer.wrap(blobs.readAll(one.manifest(), 1 << 20)), "test")
              .blobs()
              .iterator()
              .next();
      try (Producer producer = checkpoints.log().producer("user")) {
        producer.appendAndAwait(checkpoints.log().stream("user"), new Named(shared), AckLevel.DISK);
      }
      checkpoints.remove(one.sequence());
      assertThat(blobs.contains(shared.id())).isTrue();
    }
  }

  @Test
  void whatAnotherCheckpointOrAStateNeedsIsKeptUntilItIsRemovedToo() {
    try (Checkpoints checkpoints = CheckpointFixture.open(store)) {
      BlobStore blobs = checkpoints.log().blobs();
      Tensor shared = Tensor.of(CheckpointFixture.floats(FLOATS, 5), FLOATS);
      long one = checkpoints.save(1, Map.of("a", shared), Map.of(), Map.of()).await().sequence();
      long two = checkpoints.save(2, Map.of("b", shared), Map.of(), Map.of()).await().sequence();
      BlobRef manifest;
      StoredTensor stored;
      try (BlobSet set = blobs.begin("state");
          ChunkWriter writer = new ChunkWriter()) {
        stored = writer.write(set, "quantum_data", "state_vector", shared, ChunkCodec.DEFAULT);
        manifest = set.put(Manifest.of("{}", List.of(stored)).encode());
        set.force();
        set.release();
      }
      try (Producer producer = checkpoints.log().producer("states")) {
        BlobId sum = manifest.id();
        long state =
            producer
                .appendAndAwait(
                    checkpoints.log().stream("states"),
                    new QuantumStateSaved("s", 1, true, 1, 16, 16, sum, sum, manifest),
                    AckLevel.DISK)
                .firstSequence();
        checkpoints.remove(one);
        assertThat(checkpoints.load(2).tensor("b").contentEquals(shared)).isTrue();
        checkpoints.remove(two);
        assertThat(blobs.contains(stored.chunks().get(0).blob().id())).isTrue();
        producer.appendAndAwait(
            checkpoints.log().stream("states"),
            new QuantumStateRemoved(state, "test"),
            AckLevel.DISK);
        assertThat(checkpoints.gc()).isGreaterThan(3 * FLOATS);
        assertThat(blobs.contains(stored.chunks().get(0).blob().id())).isFalse();
        assertThat(blobs.stats().blobs()).isZero();
      }
    }
  }

  @Test
  void nothingThatIsLiveIsEverCollectedWhateverTheOrder() throws IOException {
    Random random = new Random(CheckpointFixture.SEED);
    try (Checkpoints checkpoints = CheckpointFixture.builder(store).keepLast(2).open()) {
      Map<Long, Map<String, Tensor>> saved = new HashMap<>();
      Map<String, Tensor> state = CheckpointFixture.model(8, 3_000, 1);
      state.putAll(CheckpointFixture.model(1, 30_000, 1));
      for (int round = 0; round < 40; round++) {
        int floats = random.nextInt(40_000);
        state.put(
            "layer" + random.nextInt(8) + ".weight",
            Tensor.of(CheckpointFixture.floats(floats, random.nextInt(6)), floats));
        long sequence = checkpoints.save(round, state, Map.of(), Map.of()).await().sequence();
        saved.put(sequence, Map.copyOf(state));
        settle(checkpoints);
        List<CheckpointSummary> live = checkpoints.list();
        CheckpointSummary any = live.get(random.nextInt(live.size()));
        switch (random.nextInt(5)) {
          case 0 -> checkpoints.pin(any.sequence(), "test");
          case 1 -> checkpoints.unpin(any.sequence());
          case 2 -> checkpoints.label(any.sequence(), "l" + random.nextInt(2));
          case 3 -> {
            checkpoints.unpin(any.sequence());
            checkpoints.remove(any.sequence());
          }
          default -> checkpoints.gc();
        }
        for (CheckpointSummary summary : checkpoints.list()) {
          Map<String, Tensor> back = checkpoints.loadAt(summary.sequence()).modelState();
          saved
              .get(summary.sequence())
              .forEach(
                  (name, tensor) ->
                      assertThat(back.get(name).contentEquals(tensor))
                          .as("round %s, seed %s", summary.epoch(), CheckpointFixture.SEED)
                          .isTrue());
        }
      }
      for (CheckpointSummary summary : checkpoints.list()) {
        checkpoints.unpin(summary.sequence());
        checkpoints.remove(summary.sequence());
      }
      assertThat(new ArrayList<>(CheckpointFixture.blobFiles(store))).isEmpty();
    }
  }

  @Test
  void whatIsPinnedOrNamedDoesNotCount() {
    try (Checkpoints checkpoints = CheckpointFixture.builder(store).keepLast(2).open()) {
      save(checkpoints, 1);
      save(checkpoints, 2);
      for (long epoch = 3; epoch <= 4; epoch++) {
        checkpoints
            .save(
                CheckpointDraft.of(epoch)
                    .modelState(CheckpointFixture.model(1, FLOATS, 100 * epoch))
                    .label("label " + epoch))
            .await();
      }
      checkpoints.pin(save(checkpoints, 5).sequence(), "test");
      settle(checkpoints);
      assertThat(checkpoints.list())
          .extracting(CheckpointSummary::epoch)
          .containsExactly(2L, 3L, 4L, 5L);

      save(checkpoints, 6);
      save(checkpoints, 7);
      settle(checkpoints);
      assertThat(checkpoints.list())
          .extracting(CheckpointSummary::epoch)
          .containsExactly(3L, 4L, 5L, 6L, 7L);
    }
  }

  @Test
  void theJournalIsHeldFromTheOldestCheckpointOn() {
    try (Checkpoints checkpoints = CheckpointFixture.builder(store).keepLast(1).open()) {
      assertThat(checkpoints.log().holds().find("checkpoints")).isEmpty();
      long one = save(checkpoints, 1).sequence();
      settle(checkpoints);
      assertThat(checkpoints.log().holds().find("checkpoints").orElseThrow().sequence())
          .isEqualTo(one);
      long two = save(checkpoints, 2).sequence();
      settle(checkpoints);
      assertThat(checkpoints.log().holds().find("checkpoints").orElseThrow().sequence())
          .isEqualTo(two);
      checkpoints.remove(two);
      assertThat(checkpoints.log().holds().find("checkpoints")).isEmpty();
    }
  }
}
