// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.EventLogReader;
import dev.ringfold.internal.io.JvmFlags;
import dev.ringfold.projections.OutputRebuild;
import dev.ringfold.projections.OutputRebuild.Rebuilt;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever kills the program that makes outputs live, the journal makes the same ones again, with
 * one worker and with four.
 */
final class RebuildEqualityTest {
  private static final int KILLS = Integer.getInteger("ringfold.kills", 30);
  private static final int SOAK_KILLS = Integer.getInteger("ringfold.kills", 1_000);
  private static final long MOST_MILLIS = 700;
  private static final long TIMEOUT_SECONDS = 120;
  private static final int LAST_ACTIONS = 60;
  private static final List<String> NAMES =
      List.of("metrics", "ledger", "checkpoints", RemarkTally.NAME);

  @TempDir private Path folder;

  @Test
  void outputsAreEqualHoweverOftenTheProgramWasKilled() throws Exception {
    killAndCompare(KILLS);
  }

  @Test
  @Tag("soak")
  void outputsAreEqualAfterManyKills() throws Exception {
    killAndCompare(SOAK_KILLS);
  }

  private void killAndCompare(int kills) throws Exception {
    long seed = Long.getLong("ringfold.seed", 5L);
    System.out.println("seed " + seed + ", kills " + kills);
    SplittableRandom random = new SplittableRandom(seed);
    Path store = folder.resolve("store");
    for (int i = 0; i < kills; i++) {
      run(store, random.nextLong(), -1, random.nextLong(MOST_MILLIS));
    }
    run(store, random.nextLong(), LAST_ACTIONS, -1);

    Map<String, RebuildCheck.Result> live = check(store, store.resolve("outputs"), "live");
    assertThat(live.keySet()).containsExactlyInAnyOrderElementsOf(NAMES);
    assertThat(live.values())
        .allSatisfy(
            result -> {
              assertThat(result.differences()).as("%s of seed %s", result, seed).isEmpty();
              assertThat(result.sequence()).as(result.projection()).isPositive();
              assertThat(result.bytesCompared()).as(result.projection()).isPositive();
            });
    Map<String, String> one = rebuild(store, folder.resolve("one"), 1);
    Map<String, String> four = rebuild(store, folder.resolve("four"), 4);
    assertThat(four).as("seed %s", seed).isEqualTo(one).hasSize(NAMES.size());
  }

  private void run(Path store, long seed, int actions, long millis) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JvmFlags.line().split(" ")));
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(RebuildChild.class.getName());
    command.addAll(List.of(store.toString(), Long.toString(seed), Integer.toString(actions)));
    Path errors = folder.resolve("errors");
    Process child = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      while (line != null && !line.equals(RebuildChild.UNDER_WAY)) {
        line = lines.readLine(); // What it logs until then.
      }
      assertThat(line).as(errors(errors)).isNotNull();
      if (millis >= 0) {
        boolean ended = child.waitFor(millis, TimeUnit.MILLISECONDS);
        assertThat(ended).as("it ended by itself: %s", errors(errors)).isFalse();
        child.destroyForcibly();
      }
      assertThat(child.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
      if (millis < 0) {
        assertThat(child.exitValue()).as(errors(errors)).isZero();
      }
    } finally {
      child.destroyForcibly();
    }
  }

  private static String errors(Path file) throws IOException {
    String text = Files.exists(file) ? Files.readString(file) : "";
    return text.substring(Math.max(0, text.length() - 4_000));
  }

  private Map<String, RebuildCheck.Result> check(Path store, Path outputs, String name)
      throws IOException {
    Map<String, RebuildCheck.Result> results = new TreeMap<>();
    Path scratch = Files.createDirectory(folder.resolve("scratch-" + name));
    try (EventLogReader log = EventLogReader.open(store, KnownProjections.types());
        KnownProjections known = KnownProjections.of(log, outputs)) {
      Path snapshots = store.resolve("snapshots");
      for (String each : known.present(snapshots)) {
        results.put(
            each,
            RebuildCheck.run(log, known.make(each), known.make(each), outputs, snapshots, scratch));
      }
    }
    return results;
  }

  /** Rebuilds everything into other outputs; one hash for each projection. */
  private Map<String, String> rebuild(Path store, Path outputs, int workers) throws IOException {
    Rebuild rebuild = Rebuild.of(store).outputs(outputs);
    NAMES.forEach(rebuild::projection);
    List<Rebuilt> done = rebuild.run(workers);
    assertThat(done).allMatch(Rebuilt::switched).allMatch(each -> !each.resumed());
    Map<String, String> hashes = new TreeMap<>();
    Path snapshots = store.resolve("snapshots");
    try (EventLogReader log = EventLogReader.open(store, KnownProjections.types());
        KnownProjections known = KnownProjections.of(log, outputs)) {
      for (Rebuilt each : done) {
        Projection projection = known.make(each.projection());
        ProjectionContext context =
            OutputRebuild.closedContext(log, projection, outputs, snapshots);
        hashes.put(
            each.projection(),
            each.committed()
                + " "
                + OutputHashes.total(
                    OutputHashes.of(projection, each.committed(), context, Set.of())));
      }
    }
    return hashes;
  }
}
