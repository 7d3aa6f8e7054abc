// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import static dev.ringfold.writers.checkpoint.CheckpointFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventLog;
import dev.ringfold.StoreAccessException;
import dev.ringfold.blob.BlobReader;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobSet;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.writers.checkpoint.internal.save.Collector;
import dev.ringfold.writers.checkpoint.internal.save.Registry;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be saved or read is said, and does not touch what was saved before. */
class CheckpointFailureTest {
  private static final int FLOATS = 50_000;

  @TempDir Path store;

  private static Saving save(Checkpoints checkpoints, long epoch) {
    return checkpoints.save(
        epoch, CheckpointFixture.model(2, FLOATS, 100 * epoch), Map.of(), Map.of());
  }

  private static FaultPoint.Hook failAt(String point) {
    return FaultPoint.install(
        name -> {
          if (name.equals(point)) {
            throw new StoreAccessException("no more " + point, null);
          }
        });
  }

  @Test
  void aFailedSaveSurfacesInTheFutureInTheNextCallAndInHealth() throws IOException {
    for (String point : List.of("checkpoint.chunk.put", "checkpoint.forced", "blob.renamed")) {
      Path place = Files.createDirectory(store.resolve(point));
      try (Checkpoints checkpoints = CheckpointFixture.open(place)) {
        save(checkpoints, 1).await();
        Saving failing;
        try (FaultPoint.Hook hook = failAt(point)) {
          assertThat(hook).isNotNull();
          failing = save(checkpoints, 2);
          assertThatThrownBy(failing::await)
              .isInstanceOf(CheckpointFailedException.class)
              .hasMessageContaining("epoch 2")
              .hasMessageContaining("no more " + point);
        }
        assertThat(checkpoints.health().state()).isEqualTo(CheckpointHealth.State.FAILED);
        assertThat(checkpoints.health().lastFailure()).contains("no more " + point);
        assertThatThrownBy(checkpoints::list)
            .isInstanceOf(CheckpointFailedException.class)
            .hasMessageContaining("epoch 2");
        assertThat(checkpoints.list()).extracting(CheckpointSummary::epoch).containsExactly(1L);

        save(checkpoints, 3).await();
        assertThat(checkpoints.health().state()).isEqualTo(CheckpointHealth.State.GOOD);
        assertThat(checkpoints.health().failed()).isEqualTo(1);
        assertThat(checkpoints.load(1).modelState()).hasSize(2);
        assertThat(checkpoints.load(3).modelState()).hasSize(2);
      }
    }
  }

  @Test
  void aFailureNobodyWasToldOfComesOutOfTheNextSaveOrOfClose() throws InterruptedException {
    Checkpoints checkpoints = CheckpointFixture.open(store);
    try (FaultPoint.Hook hook = failAt("checkpoint.forced")) {
      assertThat(hook).isNotNull();
      save(checkpoints, 1);
      assertThat(checkpoints.awaitIdle(PATIENCE)).isTrue();
      assertThatThrownBy(() -> save(checkpoints, 2)).isInstanceOf(CheckpointFailedException.class);
      save(checkpoints, 3);
      assertThat(checkpoints.awaitIdle(PATIENCE)).isTrue();
    }
    assertThatThrownBy(checkpoints::close)
        .isInstanceOf(CheckpointFailedException.class)
        .hasMessageContaining("epoch 3");
    checkpoints.close();
    assertThat(checkpoints.health().state()).isEqualTo(CheckpointHealth.State.CLOSED);
    try (Checkpoints again = CheckpointFixture.open(store)) {
      assertThat(again.list()).isEmpty();
      assertThat(again.log().blobs().stats().blobs()).isZero();
    }
  }

  @Test
  void aSaveThatTakesTooLongToCloseFailsAndLeavesNothing() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Checkpoints checkpoints = CheckpointFixture.open(store);
    save(checkpoints, 1).await();
    try (FaultPoint.Hook hook =
        FaultPoint.install(
            name -> {
              if (name.equals("checkpoint.chunk.put")) {
                awaitOrFail(never);
              }
            })) {
      assertThat(hook).isNotNull();
      Saving held = save(checkpoints, 2);
      Saving waiting = save(checkpoints, 3);
      assertThatThrownBy(() -> checkpoints.close(Duration.ofMillis(100)))
          .isInstanceOf(CheckpointFailedException.class);
      assertThat(held.committed()).isCompletedExceptionally();
      assertThat(waiting.committed()).isCompletedExceptionally();
    }
    try (Checkpoints again = CheckpointFixture.open(store)) {
      assertThat(again.list()).extracting(CheckpointSummary::epoch).containsExactly(1L);
      assertThat(again.load(1).modelState()).hasSize(2);
      assertThat(again.log().blobs().stats().blobs()).isEqualTo(3);
    }
  }

  @Test
  void blobsOfASaveWhoseEventIsInDoubtAreKeptFromEveryCollectorUntilTheNextOpen() {
    List<BlobRef> refs;
    try (Checkpoints checkpoints = CheckpointFixture.open(store)) {
      EventLog log = checkpoints.log();
      long one = save(checkpoints, 1).await().sequence();
      Registry registry = new Registry(log::tailer, log::lastSequence, log.types());
      Collector doubting = new Collector(log.blobs(), registry);
      doubting.block("in doubt");
      BlobSet set = log.blobs().begin(Collector.SET_LABEL + " in doubt");
      refs = List.of(set.put(new byte[100_000]), set.put(new byte[100]));
      set.force();
      doubting.abandon(set);
      assertThat(doubting.problem()).isEqualTo("in doubt");
      checkpoints.remove(one);
      assertThat(checkpoints.health().collectionProblem()).isEmpty();
      assertThat(refs).allMatch(ref -> log.blobs().contains(ref.id()));
    }
    try (Checkpoints checkpoints = CheckpointFixture.open(store)) {
      assertThat(refs).noneMatch(ref -> checkpoints.log().blobs().contains(ref.id()));
    }
  }

  private static void awaitOrFail(CountDownLatch latch) {
    try {
      if (!latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("was not interrupted");
      }
    } catch (InterruptedException e) {
      throw new StoreAccessException("interrupted", null);
    }
  }

  @Test
  void aDamagedChunkIsToldWithTheNearestCheckpointThatHasTheTensorWhole() throws IOException {
    try (Checkpoints checkpoints = CheckpointFixture.open(store)) {
      save(checkpoints, 1).await();
      save(checkpoints, 2).await();
      save(checkpoints, 3).await();
      Checkpoint loaded = checkpoints.load(2);
      damageAll(checkpoints, checkpoints.load(2).summary());
      assertThatThrownBy(() -> loaded.tensor("layer1.weight"))
          .isInstanceOfSatisfying(
              ChecksumMismatchException.class,
              e -> {
                assertThat(e.nearestGood()).contains("epoch 1").contains("sequence");
                assertThat(e.what()).contains("layer1.weight");
                assertThat(e.command()).startsWith("ringfold verify");
              });
      assertThatThrownBy(loaded::modelState).isInstanceOf(ChecksumMismatchException.class);
      assertThat(checkpoints.load(3).modelState()).hasSize(2);
    }
  }

  /** Flips a bit in every blob of a checkpoint that has a file of its own. */
  private static void damageAll(Checkpoints checkpoints, CheckpointSummary summary)
      throws IOException {
    int damaged = 0;
    for (var ref : checkpoints.log().blobs().list().toList()) {
      try (BlobReader reader = checkpoints.log().blobs().open(ref)) {
        Path file = reader.file();
        boolean ofIt =
            !file.toString().contains("packs") && isNamed(checkpoints, summary, ref.id().hex());
        if (ofIt) {
          Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
          byte[] bytes = Files.readAllBytes(file);
          bytes[bytes.length / 3] ^= 4;
          Files.write(file, bytes);
          damaged++;
        }
      }
    }
    assertThat(damaged).isEqualTo(2);
  }

  private static boolean isNamed(Checkpoints checkpoints, CheckpointSummary summary, String hex) {
    byte[] manifest = checkpoints.log().blobs().readAll(summary.manifest(), 1 << 20);
    return HexFormat.of().formatHex(manifest).contains(hex);
  }

  @Test
  void aDamagedListOfTensorsIsToldAndKeepsEverythingFromBeingCollected() throws IOException {
    try (Checkpoints checkpoints = CheckpointFixture.builder(store).keepLast(2).open()) {
      CheckpointSummary one = save(checkpoints, 1).await();
      Path pack;
      try (BlobReader reader = checkpoints.log().blobs().open(one.manifest())) {
        pack = reader.file();
      }
      Files.setPosixFilePermissions(pack, PosixFilePermissions.fromString("rw-------"));
      byte[] bytes = Files.readAllBytes(pack);
      bytes[64 + 20] ^= 1;
      Files.write(pack, bytes);
      save(checkpoints, 2).await();
      assertThatThrownBy(() -> checkpoints.load(1))
          .isInstanceOfSatisfying(
              ChecksumMismatchException.class,
              e -> assertThat(e.nearestGood()).contains("epoch 2"));
      checkpoints.remove(checkpoints.load(2).sequence());
      assertThat(checkpoints.health().collectionProblem()).contains("Checksum mismatch");
      checkpoints.remove(one.sequence());
      assertThat(checkpoints.health().collectionProblem()).isEmpty();
    }
  }

  @Test
  void checkpointsOfALogAreOpenOnce() {
    try (Checkpoints checkpoints = CheckpointFixture.open(store)) {
      assertThatThrownBy(() -> Checkpoints.on(checkpoints.log()).trees(false).open())
          .hasMessageContaining("checkpoints");
      save(checkpoints, 1).await();
    }
  }

  @Test
  void closingThoseOfAnOpenLogLeavesItOpen() {
    try (var log = logOf(store)) {
      try (Checkpoints checkpoints = Checkpoints.on(log).open()) {
        save(checkpoints, 1).await();
      }
      try (Checkpoints checkpoints = Checkpoints.on(log).open()) {
        assertThat(checkpoints.latest().tensor("layer0.weight").bytes()).isEqualTo(4 * FLOATS);
      }
      assertThat(log.lastSequence()).isPositive();
    }
  }

  private static EventLog logOf(Path store) {
    var builder = EventLog.builder(store);
    CheckpointFixture.small(builder);
    return builder.build();
  }

  @Test
  void aTensorOfNothingAndACheckpointOfNothingCanBeSaved() {
    try (Checkpoints checkpoints = CheckpointFixture.open(store)) {
      checkpoints.save(1, Map.of(), Map.of(), Map.of()).await();
      checkpoints.save(2, Map.of("e", Tensor.of(new float[0], 0)), Map.of(), Map.of()).await();
      assertThat(checkpoints.load(1).modelState()).isEmpty();
      assertThat(checkpoints.load(2).tensor("e").elements()).isZero();
    }
  }
}
