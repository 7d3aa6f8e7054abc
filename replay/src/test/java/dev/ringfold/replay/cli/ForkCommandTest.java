// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringfold.EventLog;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.replay.JournalVerifier;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ringfold fork}, and what other commands say about a fork. */
final class ForkCommandTest {
  @TempDir private Path folder;
  private Path parent;
  private Path fork;

  @BeforeEach
  void createParent() {
    parent = Stores.create(folder.resolve("parent"), 10);
    fork = folder.resolve("fork");
  }

  private JsonNode fork(String at) {
    Ran ran =
        Ran.ringfold("fork", parent, "--at", at, "--to", fork, "--name", "lr halved", "--json");
    assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
    return ran.json();
  }

  @Test
  void statShowsWhereAForkComesFrom() {
    JsonNode report = fork("7");
    Path second = folder.resolve("second");
    Ran text = Ran.ringfold("fork", fork, "--at", "end", "--to", second);

    assertThat(report.get("sequence").asLong()).isEqualTo(7);
    assertThat(report.get("bytesCopied").asLong()).isZero();
    assertThat(text.lines())
        .hasSize(3)
        .first()
        .isEqualTo("forked " + fork + " at sequence 7 into");
    assertThat(text.out()).contains("; nothing was copied");
    Ran stat = Ran.ringfold("stat", second);
    assertThat(stat.lines())
        .contains(
            "forked     from " + report.get("storeId").asText() + " at 7",
            "           and that from " + report.get("parentStoreId").asText() + " at 7");
    JsonNode lineage = Ran.ringfold("stat", fork, "--json").json().get("lineage");
    assertThat(lineage.get("parent")).isEqualTo(report.get("parentStoreId"));
    assertThat(lineage.get("sequence").asLong()).isEqualTo(7);
    assertThat(lineage.get("name").asText()).isEqualTo("lr halved");
    assertThat(lineage.get("fork").asBoolean()).isTrue();
    assertThat(lineage.get("ancestors")).hasSize(1);
  }

  @Test
  void aForkThatCannotBeSaysWhyAndIsNotMade() {
    Ran above = Ran.ringfold("fork", parent, "--at", "4711", "--to", fork);
    Ran noPoint = Ran.ringfold("fork", parent, "--at", "yesterday", "--to", fork);
    Ran name = Ran.ringfold("fork", parent, "--at", "1", "--to", fork, "--name", "a\nb");
    Ran taken = Ran.ringfold("fork", parent, "--at", "1", "--to", parent);
    Ran early = Ran.ringfold("fork", parent, "--at", "2001-01-01", "--to", fork);

    assertThat(above.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(above.err()).contains("There is no event 4711").contains("Fork at ");
    assertThat(noPoint.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(name.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(taken.exitCode()).isEqualTo(ExitCodes.ENVIRONMENT);
    assertThat(early.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(early.err()).contains("no event at or before 2001-01-01");
    assertThat(fork).doesNotExist();
  }

  @Test
  void tailVerifyAndDoctorTakeAForkThatNobodyHasOpened() {
    fork("5");

    assertThat(Ran.ringfold("tail", fork).lines()).hasSize(6);
    assertThat(JournalVerifier.verify(fork).findings()).isEmpty();
    assertThat(Ran.ringfold("verify", fork).exitCode()).isZero();
  }

  @Test
  void everyRowOfAForkNamesItsParent() {
    JsonNode report = fork("7");
    try (EventLog log = Stores.builder(fork).build()) {
      Stores.publish(log, 3);
    }
    TrainingStore.fold(fork, MetricTables.metrics());

    List<JsonNode> rows =
        Ran.ringfold(
                "query",
                fork,
                "select parent_store, fork_sequence, count(*) as n, min(seq) as first from metrics"
                    + " group by all",
                "--json")
            .jsonLines();

    assertThat(rows).hasSize(1);
    assertThat(rows.get(0).get("parent_store")).isEqualTo(report.get("parentStoreId"));
    assertThat(rows.get(0).get("fork_sequence").asLong()).isEqualTo(7);
    assertThat(rows.get(0).get("first").asLong()).isLessThan(7);
    Ran columns = Ran.ringfold("query", fork, "describe metrics", "--json");
    assertThat(columns.jsonLines().stream().map(row -> row.get("column_name").asText()).toList())
        .startsWith("seq", "run_id", "attempt", "kind", "ts", "epoch", "step", "timestamp")
        .containsSequence("timestamp", "parent_store", "fork_sequence");
    String exported = Ran.ringfold("export", fork, "--to", "csv").out();
    assertThat(exported.lines()).hasSize(1 + rows.get(0).get("n").asInt());
    assertThat(exported).doesNotContain("parent_store");
  }

  @Test
  void repairOfAForkWithoutItsManifestBringsNothingOfTheParentBack() throws IOException {
    fork("7");
    Stores.builder(fork).build().close();
    long last = ManifestFile.read(fork).durableSequence();
    Files.delete(ManifestFile.path(fork));
    assertThat(JournalVerifier.verify(fork).lastSequence()).isEqualTo(last);

    assertThat(Ran.ringfold("repair", fork).exitCode()).isZero();

    assertThat(JournalVerifier.verify(fork).intact()).isTrue();
    assertThat(JournalVerifier.verify(fork).lastSequence()).isEqualTo(last);
    assertThat(ManifestFile.read(fork).ancestry())
        .isEqualTo(java.util.Objects.requireNonNull(ManifestFile.readOrigin(fork)).ancestry());
    try (EventLog log = Stores.builder(fork).build()) {
      assertThat(log.lastSequence()).isGreaterThan(last);
    }
    assertThat(JournalVerifier.verify(parent).findings()).isEmpty();
  }
}
