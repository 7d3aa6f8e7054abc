// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.rebuild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventLogReader;
import dev.ringfold.SegmentRetiredException;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.EventType;
import dev.ringfold.internal.io.JvmFlags;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.projections.OutputRebuild;
import dev.ringfold.projections.OutputRebuild.Rebuilt;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionContext;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.backup.Backup.Form;
import dev.ringfold.replay.backup.Backups;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
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

  /** After so many the outputs may catch up: a life is too short for the compactions in the log. */
  private static final int KILLS_IN_A_ROW = 50;

  private static final long TIMEOUT_SECONDS = 120;
  private static final int LAST_ACTIONS = 60;
  private static final List<String> NAMES = RebuildChild.PROJECTIONS;

  /** One in so many runs has a disk that is nearly full. */
  private static final int LOW_RUNS = 6;

  /** Types that no program that writes a log of its own can come to write, and why. */
  private static final Map<EventType<?>, String> NEVER_WRITTEN =
      Map.of(
          BuiltinTypes.BLOBS_COLLECTED, "reserved; collecting garbage tells nobody",
          BuiltinTypes.FORK_BEGAN, "only the first open of a fork writes it",
          BuiltinTypes.EVENT_LOST, "only a salvage writes it");

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
    run(store, random.nextLong(), 0, RebuildChild.FLOOD, -1);
    for (int i = 0; i < kills; i++) {
      String wish = random.nextInt(LOW_RUNS) == 0 ? RebuildChild.LOW : "none";
      run(store, random.nextLong(), -1, wish, random.nextLong(MOST_MILLIS));
      if (i % KILLS_IN_A_ROW == KILLS_IN_A_ROW - 1) {
        run(store, random.nextLong(), LAST_ACTIONS / 3, "none", -1);
      }
    }
    run(store, random.nextLong(), LAST_ACTIONS, RebuildChild.EVERYTHING, -1);
    run(store, random.nextLong(), LAST_ACTIONS / 3, RebuildChild.LOW, -1);

    assertSame(check(store, store, "live"), seed);
    Map<String, String> one = rebuild(store, folder.resolve("one"), 1);
    Map<String, String> four = rebuild(store, folder.resolve("four"), 4);
    assertThat(four).as("seed %s", seed).isEqualTo(one).hasSize(NAMES.size());

    Path whole = retireAndRestore(store, random.nextLong());
    assertSame(check(whole, store, "retired"), seed);
    assertThat(typesIn(whole)).containsExactlyInAnyOrderElementsOf(writable());
  }

  private static void assertSame(Map<String, RebuildCheck.Result> live, long seed) {
    assertThat(live.keySet()).containsExactlyInAnyOrderElementsOf(NAMES);
    assertThat(live.values())
        .allSatisfy(
            result -> {
              assertThat(result.differences()).as("%s of seed %s", result, seed).isEmpty();
              assertThat(result.sequence()).as(result.projection()).isPositive();
              assertThat(result.bytesCompared()).as(result.projection()).isPositive();
            });
  }

  /**
   * Retention deletes the begin, and the program goes on: nothing can be rebuilt any more, and
   * nothing is lost by trying. A store that was restored from backups has all events again, also
   * the one that tells of their deletion: what went on live is what its journal makes.
   *
   * @return the restored store
   */
  private Path retireAndRestore(Path store, long seed) throws Exception {
    Backups backups = Backups.open(folder.resolve("backups"));
    backups.full(store, Form.DIRECTORY);
    run(store, seed, LAST_ACTIONS, RebuildChild.RETIRE, -1);
    backups.incremental(store, Form.ARCHIVE);

    Path outputs = store.resolve("outputs");
    for (String name : NAMES) {
      assertThatThrownBy(() -> Rebuild.of(store).outputs(outputs).projection(name).run(1))
          .as(name)
          .isInstanceOf(SegmentRetiredException.class)
          .hasMessageContaining(folder.resolve("backups").toString());
    }
    assertThatThrownBy(() -> check(store, store, "refused"))
        .isInstanceOf(SegmentRetiredException.class);
    Path whole = folder.resolve("whole");
    backups.restore(Backups.NEWEST, new Point.End(), whole);
    takeIdentity(store, whole);
    return whole;
  }

  /** Outputs name the store that they are of, and a restored one is another one. */
  private static void takeIdentity(Path store, Path restored) {
    Manifest found = ManifestFile.read(restored);
    ManifestFile.write(
        restored,
        new Manifest(
            ManifestFile.read(store).storeId(),
            found.session(),
            found.state(),
            found.durableSequence(),
            found.floorSequence(),
            List.of(),
            "",
            found.segments()));
  }

  private static List<String> writable() {
    return BuiltinTypes.all().stream()
        .filter(type -> !NEVER_WRITTEN.containsKey(type))
        .map(EventType::name)
        .toList();
  }

  /** The names of the built-in types of which there is an event. */
  private static Set<String> typesIn(Path store) {
    BitSet ids = new BitSet();
    try (EventLogReader log = EventLogReader.open(store, KnownProjections.types());
        Tailer tailer = log.tailer().open()) {
      while (tailer.poll(event -> ids.set(event.typeId()), 10_000) > 0) {
        continue;
      }
    }
    return BuiltinTypes.all().stream()
        .filter(type -> ids.get(type.id()))
        .map(EventType::name)
        .collect(Collectors.toSet());
  }

  private void run(Path store, long seed, int actions, String wish, long millis) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JvmFlags.line().split(" ")));
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(RebuildChild.class.getName());
    command.addAll(List.of(store.toString(), Long.toString(seed), Integer.toString(actions), wish));
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

  /** Compares what is in a store's outputs with what the journal of a store makes of its events. */
  private Map<String, RebuildCheck.Result> check(Path journal, Path live, String name)
      throws IOException {
    Map<String, RebuildCheck.Result> results = new TreeMap<>();
    Path scratch = Files.createDirectory(folder.resolve("scratch-" + name));
    Path outputs = live.resolve("outputs");
    Path snapshots = live.resolve("snapshots");
    try (EventLogReader log = EventLogReader.open(journal, KnownProjections.types());
        KnownProjections known = KnownProjections.of(log, outputs)) {
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
