// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.Producer;
import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.replay.rebuild.KnownProjections;
import dev.ringfold.replay.rebuild.Remark;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.format.ZarrVersion;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The output of a projection as it was, by the command line; and orders to the same ones. */
final class AtProjectionTest {
  private static final int REMARKS = 130;
  private static final int SNAPSHOT_EVENTS = 50;
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir private Path folder;

  private Path store;
  private Path out;

  @BeforeEach
  void name() {
    store = folder.resolve("store");
    out = folder.resolve("kept/out");
  }

  @Test
  void aTableIsMadeAsItWasAndKept() throws IOException {
    TrainingStore.createWithTables(store);
    long rows = Ran.ringfold("at", 1_000, store, "--json").json().get("rows").asLong();

    Ran kept = Ran.ringfold("at", 1_000, store, "--projection", "metrics", "--out", out, "--hash");
    JsonNode json = at(1_000, "metrics", "--hash");
    DirectoryTree.delete(store.resolve("outputs"));
    JsonNode without = at(1_000, "metrics", "--hash");

    assertThat(kept.exitCode()).as(kept.err()).isZero();
    assertThat(kept.out())
        .contains("projection  metrics, version ", "sequence    1000 of ", "from the first event")
        .endsWith(", in " + out + "\n");
    assertThat(rows(out)).isEqualTo(rows);
    assertThat(Files.readString(out.resolve("metrics.sql"))).contains(out.toString());
    assertThat(json.get("files")).isNotEmpty();
    assertThat(json.get("bytes").asLong()).isPositive();
    assertThat(json.get("out").asText()).isEmpty();
    assertThat(json.get("foldedFrom").asLong()).isEqualTo(-1);
    // Whatever directory it is made in, and whether there are tables or not.
    assertThat(json.get("hash").asText()).hasSize(64);
    assertThat(kept.out()).contains(json.get("hash").asText());
    assertThat(without.get("hash")).isEqualTo(json.get("hash"));
    assertThat(at(999, "metrics", "--hash").get("hash")).isNotEqualTo(json.get("hash"));
  }

  private long rows(Path outputs) {
    String sql = "select count(*) as n from metrics";
    Ran ran = Ran.ringfold("query", store, sql, "--outputs", outputs, "--json");
    return ran.json().get("n").asLong();
  }

  @Test
  void aProjectionOfAProgramIsFoldedFromItsSnapshot() throws IOException {
    List<Long> sequences = remark();
    long place = sequences.get(SNAPSHOT_EVENTS + 9);

    JsonNode json = at(place, "tally", "--hash");
    Ran text = Ran.ringfold("at", place, store, "--projection", "tally", "--out", out);

    assertThat(json.get("foldedFrom").asLong()).isEqualTo(sequences.get(SNAPSHOT_EVENTS - 1));
    assertThat(json.get("refused").asLong()).isZero();
    assertThat(json.at("/files/0/file").asText()).isEqualTo("tally.state");
    assertThat(text.exitCode()).as(text.err()).isZero();
    assertThat(text.out())
        .contains("folded      from the snapshot at " + sequences.get(SNAPSHOT_EVENTS - 1))
        .contains("state       lengths [1, 2, 3]");
    assertThat(state(out.resolve("tally.state"))).isEqualTo(expected(sequences, place));

    DirectoryTree.delete(store.resolve("snapshots"));
    JsonNode again = at(place, "tally", "--hash");
    assertThat(again.get("foldedFrom").asLong()).isEqualTo(-1);
    assertThat(again.get("hash")).isEqualTo(json.get("hash"));
  }

  @Test
  void anOrderReachesAProjectionOfAProgramThatDoesNotRun() throws IOException {
    List<Long> sequences = remark();
    Path snapshots = store.resolve("snapshots/tally");
    DirectoryTree.delete(snapshots);

    Ran reset = Ran.ringfold("projections", "reset", store, "tally");

    assertThat(reset.out()).as(reset.err()).isEqualTo("reset tally: done here\n");
    assertThat(snapshots).isNotEmptyDirectory();
    long last = sequences.get(REMARKS - 1);
    assertThat(Ran.ringfold("at", last, store, "--projection", "tally", "--out", out).exitCode())
        .isZero();
    assertThat(state(out.resolve("tally.state"))).isEqualTo(expected(sequences, last));
  }

  @Test
  void treesOfCheckpointsKeepTheirVersionOfZarr() throws IOException {
    float[] weights = {1, 2, 3};
    try (Checkpoints checkpoints = Checkpoints.builder(store).zarr(ZarrVersion.V3).open()) {
      for (int epoch = 1; epoch <= 3; epoch++) {
        checkpoints.save(epoch, Map.of("w", Tensor.of(weights, 3)), Map.of(), Map.of()).await();
      }
    }
    long second =
        Ran.ringfold("checkpoint", "list", store, "--json")
            .json()
            .at("/checkpoints/1/sequence")
            .asLong();

    JsonNode then = at(second, "checkpoints", "--out", out.toString());

    assertThat(then.get("sequence").asLong()).isEqualTo(second);
    assertThat(trees(out.resolve("checkpoints"))).hasSize(2).allSatisfy(this::isVersion3);
    Ran reset = Ran.ringfold("projections", "reset", store, "checkpoints");
    assertThat(reset.exitCode()).as(reset.err()).isZero();
    assertThat(trees(store.resolve("outputs/checkpoints"))).hasSize(3).allSatisfy(this::isVersion3);
  }

  private void isVersion3(Path tree) {
    assertThat(tree.resolve("zarr.json")).exists();
  }

  private static List<Path> trees(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory.toRealPath())) {
      return all.filter(path -> path.toString().endsWith(".zarr")).sorted().toList();
    }
  }

  @Test
  void whatCannotBeAskedForIsRefused() throws IOException {
    Stores.create(store, 10);
    Files.createDirectories(out);
    Files.writeString(out.resolve("mine"), "kept");

    Ran nobody = Ran.ringfold("at", "end", store, "--projection", "nobody");
    Ran full = Ran.ringfold("at", "end", store, "--projection", "metrics", "--out", out);
    Path inside = store.resolve("outputs/x");

    assertThat(nobody.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(nobody.err()).contains("nobody", "metrics, ledger, checkpoints, index, tally");
    assertThat(full.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(full.err()).contains("name an empty directory");
    assertThat(out.resolve("mine")).hasContent("kept");
    assertThat(
            Ran.ringfold("at", "end", store, "--projection", "metrics", "--out", inside).exitCode())
        .isEqualTo(ExitCodes.USAGE);
    assertThat(Ran.ringfold("at", "end", store, "--out", out).exitCode())
        .isEqualTo(ExitCodes.USAGE);
    assertThat(
            Ran.ringfold("at", "end", store, "--projection", "metrics", "--sql", "select 1").err())
        .contains("choose one");
  }

  @Test
  void whatRetentionHasDeletedCannotBeFoldedAndLeavesNothing() {
    for (int session = 0; session < 3; session++) {
      Stores.create(store, 20);
    }
    Ran retain = Ran.ringfold("retain", store, "--before", 30, "--apply");
    assertThat(retain.out()).contains("deleted 1 segments");

    Ran ran = Ran.ringfold("at", "end", store, "--projection", "metrics", "--out", out);

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.err()).contains("deleted");
    assertThat(out).doesNotExist();
  }

  private JsonNode at(long sequence, String projection, String... more) {
    List<Object> arguments = new ArrayList<>(List.of("at", sequence, store));
    arguments.addAll(List.of("--projection", projection, "--json"));
    arguments.addAll(List.of(more));
    return Ran.ringfold(arguments.toArray()).json();
  }

  /** Remarks of 1, 2 and 3 letters in turn, and the tally of them as a program folds it. */
  private List<Long> remark() {
    List<Long> sequences = new ArrayList<>();
    try (EventLog log = Stores.builder(store).register(Remark.TYPE).build()) {
      try (Producer producer = log.producer("talker")) {
        for (int i = 0; i < REMARKS; i++) {
          Remark remark = new Remark("abc".substring(0, 1 + i % 3));
          sequences.add(
              producer
                  .appendAndAwait(log.stream("talk"), remark, AckLevel.JOURNAL)
                  .firstSequence());
        }
      }
      fold(log);
    }
    return sequences;
  }

  private void fold(EventLog log) {
    try (var reader = EventLog.openReadOnly(store);
        KnownProjections known = KnownProjections.of(reader);
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log).add(known.make("tally")).start()) {
      assertThat(runtime.awaitApplied("tally", log.lastSequence(), LONG)).isTrue();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** As the tally counts. */
  private static Map<Integer, Long> expected(List<Long> sequences, long upTo) {
    Map<Integer, Long> counts = new TreeMap<>();
    for (int i = 0; i < sequences.size() && sequences.get(i) <= upTo; i++) {
      counts.merge(1 + i % 3, sequences.get(i), (a, b) -> a * 31 + b);
    }
    return counts;
  }

  private static Map<Integer, Long> state(Path file) throws IOException {
    Map<Integer, Long> counts = new TreeMap<>();
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      for (int left = in.readInt(); left > 0; left--) {
        counts.put(in.readInt(), in.readLong());
      }
      assertThat(in.read()).isEqualTo(-1);
    }
    return counts;
  }
}
