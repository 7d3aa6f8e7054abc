// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.writers.checkpoint.ChildJvm;
import dev.ringfold.writers.checkpoint.internal.save.Manifests;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whenever the process dies, a group of states is whole or not there, and no debris is left. */
class QuantumCrashTest {
  private static final long SEED = Long.getLong("ringfold.seed", 20_250_630L);
  private static final int KILLS = 3;
  private static final int SOAK_KILLS = 100;
  private static final long MAX_LIFE_MILLIS = 400;
  private static final int END_SECONDS = 120;
  private static final int DEAD_BYTES = 16_384;

  private static final List<String> POINTS =
      List.of(
          "checkpoint.chunk.put",
          "checkpoint.forced",
          "checkpoint.appended",
          "checkpoint.released",
          "checkpoint.collected",
          "blob.renamed");

  @TempDir Path directory;

  private long saved;

  @Test
  void deathAtEachPointLeavesWholeGroupsAndNoDebris() throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    for (String point : POINTS) {
      String armed = point + ":" + random.nextInt(1, 4);
      Process child = start("-D" + FaultPoint.PROPERTY + "=" + armed);
      try (BufferedReader out = child.inputReader(StandardCharsets.UTF_8)) {
        readSaved(out);
        assertThat(child.waitFor(END_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).as(armed).isEqualTo(FaultPoint.HALT_STATUS);
      } finally {
        child.destroyForcibly();
      }
      check("death at " + armed);
    }
  }

  @Test
  void killsLeaveWholeGroupsAndNoDebris() throws Exception {
    kill(KILLS);
  }

  @Test
  @Tag("soak")
  void manyKillsLeaveWholeGroupsAndNoDebris() throws Exception {
    kill(SOAK_KILLS);
  }

  private void kill(int kills) throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < kills; i++) {
      Process child = start("-Dkill=" + i);
      try (BufferedReader out = child.inputReader(StandardCharsets.UTF_8)) {
        assertThat(out.readLine()).as("kill %s", i).isEqualTo("running");
        child.waitFor(random.nextLong(MAX_LIFE_MILLIS), TimeUnit.MILLISECONDS);
        child.toHandle().destroyForcibly(); // Unlike the process itself, it leaves the pipe open.
        readSaved(out);
        assertThat(child.waitFor(END_SECONDS, TimeUnit.SECONDS)).isTrue();
      } finally {
        child.destroyForcibly();
      }
      check("kill " + i + " with seed " + SEED);
    }
  }

  private void readSaved(BufferedReader out) throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("saved ")) {
        saved = Long.parseLong(line.substring("saved ".length()));
      }
    }
  }

  private void check(String when) {
    try (QuantumStore store =
        QuantumStore.builder(directory.resolve("store")).policy(StatePolicy.RAW).open()) {
      if (!store.list().isEmpty()) {
        long number = (long) store.load("a").confidence();
        assertThat(number).as(when).isBetween(saved, saved + 1);
        assertThat(store.load("a")).as(when).isEqualTo(QuantumCrashChild.state("a", number));
        assertThat(store.load("b")).as(when).isEqualTo(QuantumCrashChild.state("b", number));
        saved = number;
      } else {
        assertThat(saved).as(when).isZero();
      }
      assertThat(store.scrub().damaged()).as(when).isEmpty();
      store.optimize();
      assertThat(store.stats().versions()).as(when).isLessThanOrEqualTo(2);
      checkClean(store, when);
    }
  }

  private static void checkClean(QuantumStore store, String when) {
    BlobStore blobs = store.log().blobs();
    Set<BlobRef> named = new HashSet<>();
    for (SavedState version : store.list()) {
      named.add(version.manifest());
      named.addAll(Manifests.read(blobs, version.manifest()).blobs());
    }
    long dead = 0;
    for (BlobRef ref : blobs.list().toList()) {
      dead += named.contains(ref) ? 0 : ref.length();
    }
    assertThat(dead).as("bytes that nothing names, %s", when).isLessThan(DEAD_BYTES);
  }

  private Process start(String property) throws IOException {
    return ChildJvm.start(
        QuantumCrashChild.class,
        directory.resolve("child.err"),
        List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", property),
        directory.resolve("store").toString());
  }
}
