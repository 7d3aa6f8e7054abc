// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringfold.EventLog;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command rebuild, and what verify says about everything that was made. */
final class RebuildCommandTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir private Path folder;

  private Path store;

  @BeforeEach
  void nameStore() {
    store = folder.resolve("store");
  }

  private Path outputs() {
    return store.resolve("outputs");
  }

  private MetricTable table() throws IOException {
    return MetricTable.open(MetricTables.metricsTable(outputs()));
  }

  private String generation() throws IOException {
    return Files.readSymbolicLink(MetricTables.metricsTable(outputs())).toString();
  }

  private static Map<String, String> parts(MetricTable table) {
    Map<String, String> parts = new TreeMap<>();
    table.parts().forEach(part -> parts.put(part.file().getFileName().toString(), part.sha256()));
    return parts;
  }

  @Test
  void everythingIsRebuiltAndRolledBack() throws IOException {
    TrainingStore.createWithTables(store);
    Map<String, String> before = parts(table());

    Ran rebuild = Ran.ringfold("rebuild", store);

    assertThat(rebuild.exitCode()).as(rebuild.err()).isZero();
    assertThat(rebuild.lines()).hasSize(2);
    assertThat(rebuild.out()).contains("rebuild metrics: done here", "rebuild ledger: done here");
    assertThat(generation()).endsWith("000002");
    assertThat(parts(table())).isEqualTo(before);
    assertThat(table().verify()).isEmpty();

    Ran rollback = Ran.ringfold("rebuild", store, "metrics", "--rollback");
    assertThat(rollback.out()).isEqualTo("rollback metrics: done here\n");
    assertThat(generation()).endsWith("000003");
    assertThat(parts(table())).isEqualTo(before);
    JsonNode json = Ran.ringfold("rebuild", store, "metrics", "--keep", "1h", "--json").json();
    assertThat(json.at("/rebuilt/0/switched").asBoolean()).isTrue();
    assertThat(outputs().resolve("metrics.parquet.generations/000003.keep")).exists();
  }

  @Test
  void withoutAnOutputBeforeThereIsNothingToRollBackTo() {
    TrainingStore.createWithTables(store);

    Ran ran = Ran.ringfold("rebuild", store, "metrics", "--rollback");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.err()).contains("no output of projection metrics before the present one");
    assertThat(Ran.ringfold("rebuild", store, "--rollback").exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(Ran.ringfold("rebuild", store, "nobody").err())
        .contains("'nobody' is not known here; known are metrics, ledger, checkpoints");
  }

  @Test
  void theProcessThatRunsTheProjectionsDoesIt() throws IOException {
    try (EventLog log = Stores.builder(store).build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log).add(MetricTables::metrics).start()) {
      Stores.publish(log, 10);
      assertThat(runtime.awaitApplied("metrics", log.lastSequence(), LONG)).isTrue();

      Ran rebuild = Ran.ringfold("rebuild", store, "metrics");
      String who = "by process " + ProcessHandle.current().pid();
      assertThat(rebuild.out()).as(rebuild.err()).isEqualTo("rebuild metrics: done " + who + "\n");
      assertThat(generation()).endsWith("000002");

      Ran rollback = Ran.ringfold("rebuild", store, "metrics", "--rollback", "--json");
      assertThat(rollback.json().get("who").asText()).isEqualTo(who);
      assertThat(generation()).endsWith("000003");
      assertThat(Ran.ringfold("rebuild", store, "ledger").err())
          .contains("There is no projection 'ledger'");
    }
  }

  @Test
  void besideAProcessWithoutProjectionsItIsDoneHere() throws IOException {
    TrainingStore.createWithTables(store);
    try (EventLog log = Stores.builder(store).build()) {
      assertThat(log.lastSequence()).isPositive();

      Ran rebuild = Ran.ringfold("rebuild", store, "metrics", "--timeout", "200ms");

      assertThat(rebuild.out()).contains("rebuild metrics: done here");
      assertThat(rebuild.err()).contains("runs no projections of the store; working here");
    }
    assertThat(generation()).endsWith("000002");
  }

  @Test
  void diffNamesTheRowsThatWouldChange() throws IOException {
    TrainingStore.create(store);
    TrainingStore.fold(store, new WithoutRow(MetricTables.metrics(), 10));

    Ran text = Ran.ringfold("rebuild", store, "metrics", "--diff");
    JsonNode json = Ran.ringfold("rebuild", store, "metrics", "--diff", "--json").json();

    assertThat(text.exitCode()).as(text.err()).isZero();
    assertThat(text.lines().get(0)).contains("1 rows more, 0 fewer, 0 changed");
    assertThat(text.lines().get(1)).startsWith("+ 10 ").contains("run_id=digits-mlp");
    assertThat(json.get("added").asInt()).isEqualTo(1);
    assertThat(json.at("/first/0/key").asText()).isEqualTo("10");
    assertThat(generation()).endsWith("000001");
    try (Stream<Path> left = Files.list(outputs())) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("_scratch"));
    }

    Ran.ringfold("rebuild", store, "metrics");
    assertThat(Ran.ringfold("rebuild", store, "metrics", "--diff").out())
        .contains("nothing would change");
  }

  @Test
  void verifyRebuildSaysWhatWasComparedAndHow() throws IOException {
    TrainingStore.createWithTables(store);

    Ran good = Ran.ringfold("verify", store, "--rebuild");
    assertThat(good.exitCode()).as(good.out() + good.err()).isZero();
    assertThat(good.out()).containsPattern("\nrebuild    metrics up to .* by SHA-256");
    assertThat(good.out()).contains("rebuild    ledger up to ").contains("the same");

    TrainingStore.create(folder.resolve("other"));
    TrainingStore.fold(folder.resolve("other"), new WithoutRow(MetricTables.metrics(), 10));
    Ran bad = Ran.ringfold("verify", folder.resolve("other"), "--rebuild", "metrics");
    JsonNode json =
        Ran.ringfold("verify", folder.resolve("other"), "--rebuild", "metrics", "--json").json();
    assertThat(bad.exitCode()).isEqualTo(ExitCodes.DAMAGED);
    assertThat(bad.out()).contains("ERROR metrics part-", "SHA-256");
    assertThat(json.get("intact").asBoolean()).isFalse();
    assertThat(json.at("/rebuild/0/differences").size()).isPositive();
  }

  @Test
  void verifyRebuildVerifiesTheJournalToo() throws IOException {
    Stores.create(store, 10);
    long deadline = System.nanoTime() + LONG.toNanos();
    try (EventLog log = Stores.builder(store).build()) {
      while (ManifestFile.read(log.directory()).segments().get(0).sha256() == null) {
        assertThat(System.nanoTime()).as("hashed in the background").isLessThan(deadline);
        Thread.onSpinWait();
      }
    }

    Ran plain = Ran.ringfold("verify", store);
    Ran none = Ran.ringfold("verify", store, "--rebuild");
    JsonNode json = Ran.ringfold("verify", store, "--deep", "--rebuild", "--json").json();
    assertThat(none.out()).isEqualTo(plain.out() + "rebuild    no output to compare\n");
    assertThat(json.get("hashedSegments").asInt()).isPositive();
    assertThat(json.get("rebuild").size()).isZero();
    assertThat(json.get("intact").asBoolean()).isTrue();

    Path segment = SegmentFiles.queueFile(store, SegmentFiles.present(store)[0]);
    byte[] bytes = Files.readAllBytes(segment);
    bytes[new String(bytes, StandardCharsets.ISO_8859_1).indexOf("done\u001b")] ^= 1;
    segment.toFile().setWritable(true);
    Files.write(segment, bytes);
    Ran damaged = Ran.ringfold("verify", store, "--rebuild");
    assertThat(damaged.exitCode()).as(damaged.out() + damaged.err()).isEqualTo(ExitCodes.DAMAGED);
    assertThat(damaged.out()).contains("DAMAGED: ");
    assertThat(damaged.err()).contains("no output was made again");
  }

  @Test
  void whatAKilledComparisonLeftIsDeletedByTheNext() throws Exception {
    TrainingStore.createWithTables(store);
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    Path left = outputs().resolve("_scratch-" + dead.pid());
    Path others = outputs().resolve("_scratch-" + ProcessHandle.current().parent().get().pid());
    Path notMine = outputs().resolve("_scratch-notes");
    for (Path directory : List.of(left, others, notMine)) {
      Files.createDirectories(directory.resolve("metrics/outputs"));
    }

    assertThat(Ran.ringfold("verify", store, "--rebuild", "ledger").exitCode()).isZero();

    assertThat(left).doesNotExist();
    assertThat(others).as("whose process lives").exists();
    assertThat(notMine).exists();
  }

  @Test
  void verifyFullReadsEverythingAndQuickAlmostNothing() throws IOException {
    TrainingStore.createWithTables(store);

    Ran full = Ran.ringfold("verify", store, "--full");
    Ran quick = Ran.ringfold("verify", store, "--quick");
    assertThat(full.exitCode()).as(full.out() + full.err()).isZero();
    assertThat(full.out())
        .contains("output     metrics, up to ", "output     ledger, up to ", "blobs      0")
        .endsWith("everything is intact\n");
    assertThat(quick.exitCode()).as(quick.out() + quick.err()).isZero();
    JsonNode json = Ran.ringfold("verify", store, "--quick", "--json").json();
    JsonNode whole = Ran.ringfold("verify", store, "--json").json();
    assertThat(json.get("frames")).isEqualTo(whole.get("frames"));
    assertThat(json.get("events")).isEqualTo(whole.get("events"));
    assertThat(json.at("/outputs/0/projection").asText()).isEqualTo("metrics");

    Path part = table().parts().get(0).file();
    byte[] bytes = Files.readAllBytes(part);
    bytes[bytes.length / 2] ^= 1;
    Files.write(part, bytes);
    Ran damaged = Ran.ringfold("verify", store, "--full");
    assertThat(damaged.exitCode()).isEqualTo(ExitCodes.DAMAGED);
    assertThat(damaged.out()).contains(part.getFileName().toString(), "DAMAGED");
    Files.delete(part);
    Ran missing = Ran.ringfold("verify", store, "--quick");
    assertThat(missing.exitCode()).isEqualTo(ExitCodes.DAMAGED);
    assertThat(missing.out()).contains("expected a part of", "found none");
    assertThat(Ran.ringfold("verify", store).exitCode()).isZero();

    assertThat(Ran.ringfold("rebuild", store, "metrics").exitCode()).isZero();
    assertThat(Ran.ringfold("verify", store, "--full").exitCode()).isZero();
  }

  @Test
  void quickSeesADamagedTailAndAMissingSegment() throws IOException {
    Stores.create(store, 2_000);
    Path segment;
    try (Stream<Path> files = Files.walk(store.resolve("journal"))) {
      segment =
          files.filter(file -> file.toString().endsWith(".cq4")).sorted().findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(segment);
    JsonNode manifest = Ran.ringfold("verify", store, "--quick", "--json").json();
    assertThat(manifest.get("intact").asBoolean()).isTrue();
    int end = manifest.get("bytes").asInt();
    byte[] damaged = bytes.clone();
    damaged[end - 20] ^= 1;
    Files.write(segment, damaged);
    assertThat(Ran.ringfold("verify", store, "--quick").out()).contains("the last frames");
    Files.write(segment, Arrays.copyOf(bytes, end - 100));
    assertThat(Ran.ringfold("verify", store, "--quick").out()).contains("expected at least");
    Files.delete(segment);
    assertThat(Ran.ringfold("verify", store, "--quick").exitCode()).isEqualTo(ExitCodes.DAMAGED);
  }

  @Test
  void killedItGoesOnWhereItWas() throws Exception {
    TrainingStore.createWithTables(store);
    Map<String, String> before = parts(table());
    for (String point : List.of("table.commit.renamed", "rebuild.folded", "rebuild.moved")) {
      Ran killed =
          Ran.process(
              List.of("-D" + FaultPoint.PROPERTY + "=" + point),
              folder,
              "rebuild",
              store,
              "metrics");
      assertThat(killed.exitCode()).as(point + killed.err()).isEqualTo(FaultPoint.HALT_STATUS);
      assertThat(parts(table())).as(point).isEqualTo(before);

      Ran again = Ran.ringfold("rebuild", store, "metrics");
      assertThat(again.exitCode()).as(again.err()).isZero();
      assertThat(again.out().contains("went on where an earlier one was"))
          .as(point + ": " + again.out())
          .isEqualTo(!point.equals("rebuild.moved"));
      assertThat(parts(table())).as(point).isEqualTo(before);
      assertThat(table().verify()).isEmpty();
    }
  }

  @Test
  void optionsThatContradictAreRefused() {
    Stores.create(store, 1);

    assertThat(Ran.ringfold("verify", store, "--quick", "--full").exitCode())
        .isEqualTo(ExitCodes.USAGE);
    assertThat(Ran.ringfold("verify", store, "metrics").err()).contains("is for --rebuild");
    assertThat(Ran.ringfold("verify", store, "--scratch", folder).err())
        .contains("is for --rebuild");
    assertThat(Ran.ringfold("rebuild", store, "metrics", "--diff", "--rollback").exitCode())
        .isEqualTo(ExitCodes.USAGE);
    assertThat(Ran.ringfold("rebuild", store, "--workers", 0).exitCode())
        .isEqualTo(ExitCodes.USAGE);
    assertThat(Ran.ringfold("rebuild", store).out()).isEqualTo("no projection has an output yet\n");
    assertThat(Ran.ringfold("verify", store, "--rebuild", "metrics").out())
        .contains("nothing to compare, it has no commit yet");
  }
}
