// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.writers.checkpoint.internal.chunk.Manifest;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whenever the process dies, every checkpoint is whole or not there, and no debris is left. */
class CheckpointCrashTest {
  private static final int KILLS = 10;
  private static final int SOAK_KILLS = 300;
  private static final long MAX_LIFE_MILLIS = 400;
  private static final int END_SECONDS = 120;

  @TempDir Path directory;

  private long committed;

  /** Each may have committed one that it could not tell of any more. */
  private int diedSinceCheck;

  private Path store() {
    return directory.resolve("store");
  }

  private static List<String> points() {
    return Stream.concat(
            FaultPoint.names().stream().filter(name -> name.startsWith("checkpoint.")),
            Stream.of("blob.tmpWritten", "blob.renamed", "blob.directoriesForced"))
        .toList();
  }

  @Test
  void deathAtEachPointLeavesWholeCheckpointsAndNoDebris() throws Exception {
    assertThat(points()).hasSizeGreaterThanOrEqualTo(14);
    SplittableRandom random = new SplittableRandom(CheckpointFixture.SEED);
    for (String point : points()) {
      String armed = point + ":" + random.nextInt(1, 5);
      Process child = start("-D" + FaultPoint.PROPERTY + "=" + armed);
      try (BufferedReader out = child.inputReader(StandardCharsets.UTF_8)) {
        readCommitted(out);
      } finally {
        child.waitFor(END_SECONDS, TimeUnit.SECONDS);
        child.destroyForcibly();
      }
      assertThat(child.waitFor(END_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(child.exitValue()).as(armed).isEqualTo(FaultPoint.HALT_STATUS);
      diedSinceCheck++;
      check("death at " + armed);
    }
  }

  @Test
  void killsLeaveWholeCheckpointsAndNoDebris() throws Exception {
    kill(KILLS);
  }

  @Test
  @Tag("soak")
  void manyKillsLeaveWholeCheckpointsAndNoDebris() throws Exception {
    kill(SOAK_KILLS);
  }

  private void kill(int kills) throws Exception {
    SplittableRandom random = new SplittableRandom(CheckpointFixture.SEED);
    for (int i = 0; i < kills; i++) {
      Process child = start("-Dkill=" + i);
      try (BufferedReader out = child.inputReader(StandardCharsets.UTF_8)) {
        assertThat(out.readLine()).as("kill %s", i).isEqualTo("running");
        child.waitFor(random.nextLong(MAX_LIFE_MILLIS), TimeUnit.MILLISECONDS);
        assertThat(child.isAlive()).as("kill %s", i).isTrue();
        child.toHandle().destroyForcibly(); // Unlike the process itself, it leaves the pipe open.
        readCommitted(out);
      } finally {
        child.destroyForcibly();
      }
      assertThat(child.waitFor(END_SECONDS, TimeUnit.SECONDS)).isTrue();
      diedSinceCheck++;
      if (i % (1 + kills / KILLS) == 0) {
        check("kill " + i + " with seed " + CheckpointFixture.SEED);
      }
    }
    check("the last kill");
  }

  private void readCommitted(BufferedReader out) throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("committed ")) {
        committed = Long.parseLong(line.substring("committed ".length()));
      }
    }
  }

  private void check(String when) throws IOException {
    List<CheckpointSummary> live;
    try (Checkpoints checkpoints = CheckpointCrashChild.open(store())) {
      live = checkpoints.list();
      if (committed > 0) {
        assertThat(checkpoints.latestSummary()).as(when).isPresent();
      }
      long newest = checkpoints.latestSummary().map(CheckpointSummary::epoch).orElse(0L);
      assertThat(newest).as(when).isBetween(committed, committed + diedSinceCheck);
      committed = newest;
      diedSinceCheck = 0;
      Set<BlobRef> named = new HashSet<>();
      for (CheckpointSummary summary : live) {
        checkWhole(checkpoints.loadAt(summary.sequence()), when);
        named.addAll(named(checkpoints.log().blobs(), summary));
      }
      checkClean(checkpoints, named, when);
    }
    checkTrees(live, when);
  }

  /** Closing waited for them. */
  private void checkTrees(List<CheckpointSummary> live, String when) throws IOException {
    Path outputs = store().resolve("outputs").resolve("checkpoints");
    try (Stream<Path> files = Files.list(outputs)) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .as(when)
          .filteredOn(name -> name.endsWith(".zarr"))
          .containsExactlyInAnyOrderElementsOf(
              live.stream()
                  .map(
                      one ->
                          String.format(
                              Locale.ROOT, "epoch-%010d-%020d.zarr", one.epoch(), one.sequence()))
                  .toList());
    }
    for (String name : List.of("blobs/_tmp", "blobs/_sets", "_tmp", "outputs/checkpoints/_tmp")) {
      Path temporary = store().resolve(name);
      if (Files.exists(temporary)) {
        try (Stream<Path> files = Files.list(temporary)) {
          assertThat(files).as("%s after %s", name, when).isEmpty();
        }
      }
    }
  }

  private static void checkWhole(Checkpoint checkpoint, String when) {
    Map<String, Tensor> expected = CheckpointCrashChild.state(checkpoint.epoch());
    Map<String, Tensor> found = checkpoint.modelState();
    assertThat(found.keySet()).as(when).isEqualTo(new TreeSet<>(expected.keySet()));
    expected.forEach(
        (name, tensor) ->
            assertThat(found.get(name).contentEquals(tensor))
                .as("%s of epoch %s after %s", name, checkpoint.epoch(), when)
                .isTrue());
    assertThat(checkpoint.metadata()).as(when).containsEntry("epoch", checkpoint.epoch());
  }

  private static Set<BlobRef> named(BlobStore blobs, CheckpointSummary summary) {
    byte[] manifest = blobs.readAll(summary.manifest(), Manifest.MAX_BYTES);
    Set<BlobRef> refs = new HashSet<>(Manifest.decode(ByteBuffer.wrap(manifest), "test").blobs());
    refs.add(summary.manifest());
    return refs;
  }

  /** All blobs are named by a live checkpoint, but small ones in a file that is mostly live. */
  private void checkClean(Checkpoints checkpoints, Set<BlobRef> named, String when)
      throws IOException {
    BlobStore blobs = checkpoints.log().blobs();
    List<BlobRef> all = blobs.list().toList();
    assertThat(all).as(when).containsAll(named);
    long dead = 0;
    for (BlobRef ref : all) {
      if (!named.contains(ref)) {
        try (var reader = blobs.open(ref)) {
          assertThat(reader.file().toString()).as(when).contains("packs");
        }
        dead += ref.length();
      }
    }
    assertThat(dead).as(when).isLessThan(8_192);
    assertThat(blobs.stats().openSets()).as(when).isZero();
    assertThat(checkpoints.health().collectionProblem()).as(when).isEmpty();
  }

  private Process start(String property) throws IOException {
    return ChildJvm.start(
        CheckpointCrashChild.class,
        directory.resolve("child.err"),
        List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", property),
        store().toString());
  }
}
