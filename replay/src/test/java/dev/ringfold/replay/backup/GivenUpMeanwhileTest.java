// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventLogReader;
import dev.ringfold.Forks;
import dev.ringfold.RingfoldException;
import dev.ringfold.event.EventTypes;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.journal.LeaseFile;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.backup.Backup.Form;
import dev.ringfold.writers.checkpoint.Checkpoint;
import dev.ringfold.writers.checkpoint.CheckpointReader;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A writer that keeps one checkpoint gives it up and collects it while a backup or a fork is made
 * that ends where it was the newest.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class GivenUpMeanwhileTest {
  private static final int FLOATS = 50_000;

  @TempDir private Path directory;
  private Path store;
  private Checkpoints checkpoints;
  private Backups backups;

  @BeforeEach
  void open() {
    store = directory.resolve("store");
    checkpoints = Checkpoints.builder(store).keepLast(1).open();
    backups = Backups.open(directory.resolve("backups"));
  }

  @AfterEach
  void close() {
    checkpoints.close();
  }

  private static float[] weights(long epoch) {
    Random random = new Random(epoch);
    float[] weights = new float[FLOATS];
    for (int i = 0; i < FLOATS; i++) {
      weights[i] = random.nextFloat();
    }
    return weights;
  }

  /** Saves an epoch, and waits until the one before is given up and collected. */
  private void save(long epoch) {
    Tensor tensor = Tensor.of(weights(epoch), FLOATS);
    checkpoints.save(epoch, Map.of("w", tensor), Map.of(), Map.of()).await();
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (checkpoints.list().size() != 1) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
    checkpoints.gc();
  }

  private FaultPoint.Hook at(String point, Runnable action) {
    return FaultPoint.install(
        name -> {
          if (name.equals(point)) {
            action.run();
          }
        });
  }

  private static void assertLatest(Path where, long epoch) {
    try (EventLogReader log = EventLogReader.open(where, EventTypes.builtin());
        CheckpointReader reader = CheckpointReader.open(log)) {
      Checkpoint latest = reader.latest();
      assertThat(latest.epoch()).isEqualTo(epoch);
      assertThat(latest.tensor("w").toFloats()).containsExactly(weights(epoch));
      assertThat(reader.incomplete()).isEmpty();
    }
  }

  private long blobBytes() {
    return checkpoints.log().blobs().stats().bytes();
  }

  @Test
  void aBackupHasTheCheckpointThatWasGivenUpBehindItsEnd() {
    save(1);
    long one = blobBytes();

    try (FaultPoint.Hook hook = at("backup.framesWritten", () -> save(2))) {
      assertThat(hook).isNotNull();
      backups.full(store, Form.DIRECTORY);
    }

    assertThat(backups.verify(Backups.NEWEST, false).opened()).isTrue();
    Path restored = directory.resolve("restored");
    backups.restore(Backups.NEWEST, new Point.End(), restored);
    assertLatest(restored, 1);
    assertLatest(store, 2);
    assertThat(blobBytes()).isGreaterThan(one * 3 / 2);
    assertThat(checkpoints.gc()).as("freed when the backup is there").isPositive();
    assertThat(blobBytes()).isLessThan(one * 3 / 2);
  }

  @Test
  void anIncrementalBackupHasItToo() {
    save(1);
    backups.full(store, Form.DIRECTORY);
    save(2);

    try (FaultPoint.Hook hook = at("backup.framesWritten", () -> save(3))) {
      assertThat(hook).isNotNull();
      backups.incremental(store, Form.ARCHIVE);
    }

    Path restored = directory.resolve("restored");
    backups.restore(Backups.NEWEST, new Point.End(), restored);
    assertLatest(restored, 2);
  }

  @Test
  void aBackupThatLostItsLeaseIsNotTakenWhenACheckpointWasGivenUp() {
    save(1);

    try (FaultPoint.Hook hook =
        at(
            "backup.framesWritten",
            () -> {
              dropLeases();
              save(2);
            })) {
      assertThat(hook).isNotNull();
      assertThatThrownBy(() -> backups.full(store, Form.DIRECTORY))
          .isInstanceOf(RingfoldException.class)
          .hasMessageContaining("was given up while the backup was taken");
    }

    assertThat(backups.list()).isEmpty();
    backups.full(store, Form.DIRECTORY);
    assertThat(backups.verify(Backups.NEWEST, false).opened()).isTrue();
  }

  @Test
  void aBackupThatLostItsLeaseIsTakenWhenNothingWasGivenUp() {
    save(1);

    try (FaultPoint.Hook hook = at("backup.framesWritten", this::dropLeases)) {
      assertThat(hook).isNotNull();
      assertThat(backups.full(store, Form.DIRECTORY).taken()).isTrue();
    }
  }

  /** As a writer on another host does with the lease of a process that is silent for too long. */
  private void dropLeases() {
    try (DirectoryStream<Path> leases =
        Files.newDirectoryStream(store.resolve(LeaseFile.DIRECTORY))) {
      for (Path lease : leases) {
        Files.delete(lease);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"fork.chosen", "fork.linked"})
  void aForkHasTheCheckpointThatWasGivenUpBehindItsEnd(String point) {
    save(1);
    Path target = directory.resolve("fork");

    long end = checkpoints.log().lastSequence();
    try (FaultPoint.Hook hook = at(point, () -> save(2))) {
      assertThat(hook).isNotNull();
      Forks.fork(store, end, target, "");
    }

    assertLatest(target, 1);
    assertThat(checkpoints.gc()).isPositive();
    assertLatest(target, 1);
  }

  @Test
  void verifySeesThatABackupLacksABlobOfALiveCheckpoint() throws IOException {
    save(1);
    List<Path> blobs;
    try (Stream<Path> files = Files.walk(store.resolve("blobs"))) {
      blobs = files.filter(file -> file.toFile().length() > FLOATS).toList();
    }
    assertThat(blobs).isNotEmpty();
    for (Path blob : blobs) {
      Files.delete(blob);
    }

    backups.full(store, Form.DIRECTORY);

    assertThat(backups.verify(Backups.NEWEST, true).opened()).isFalse();
    assertThatThrownBy(() -> backups.verify(Backups.NEWEST, false))
        .isInstanceOf(CorruptBackupException.class)
        .hasMessageContaining("blobs of checkpoint")
        .hasMessageContaining("missing");
  }
}
