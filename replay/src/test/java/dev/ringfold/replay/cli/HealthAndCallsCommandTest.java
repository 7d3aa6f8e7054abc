// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringfold.EventLog;
import dev.ringfold.call.CallAnswer;
import dev.ringfold.call.CallRequest;
import dev.ringfold.call.OutcomeUnknownException;
import dev.ringfold.call.PaidCalls;
import dev.ringfold.call.PlainProvider;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HealthAndCallsCommandTest {
  @TempDir private Path folder;

  @Test
  void aHealthyStoreHasOneLineForEachPart() {
    Path store = TrainingStore.createWithTables(folder.resolve("store"));

    Ran health = Ran.ringfold("health", store);

    assertThat(health.exitCode()).isZero();
    assertThat(health.out())
        .containsPattern("journal +healthy \\(\\d+ events\\)")
        .containsPattern("blobs +healthy \\(0\\.0 MB\\)")
        .containsPattern("metrics +healthy \\(\\d+ rows\\)")
        .containsPattern("ledger +healthy");
    assertThat(Ran.ringfold("health", store, "--json").json().get("healthy").asBoolean()).isTrue();
  }

  @Test
  void aMissingPartAndACutSegmentAreErrors() throws IOException {
    Path store = TrainingStore.createWithTables(folder.resolve("store"));
    MetricTable table = MetricTable.open(MetricTables.metricsTable(store.resolve("outputs")));
    Files.delete(table.files().get(0));
    Path segment = SegmentFiles.queueFile(store, SegmentFiles.present(store)[0]);
    segment.toFile().setWritable(true);
    Files.write(segment, Arrays.copyOf(Files.readAllBytes(segment), 5_000));

    Ran health = Ran.ringfold("health", store);

    assertThat(health.exitCode()).isEqualTo(ExitCodes.DAMAGED);
    assertThat(health.out())
        .containsPattern("journal +error: .*the file has 5000")
        .containsPattern("metrics +error: ");
  }

  private static final class Deaf implements PlainProvider {
    @Override
    public String name() {
      return "lab";
    }

    @Override
    public CallAnswer submit(CallRequest call) {
      throw new IllegalStateException("no answer");
    }
  }

  @Test
  void aCallNobodyKnowsAboutIsListedAndSettled() {
    Path store = folder.resolve("store");
    try (EventLog log = Stores.builder(store).build();
        PaidCalls calls = PaidCalls.on(log, log.stream("vqe"))) {
      assertThatThrownBy(() -> calls.submitOnce("step-1", new byte[] {1}, new Deaf()))
          .isInstanceOf(OutcomeUnknownException.class);
    }

    assertThat(Ran.ringfold("calls", "list", store, "--unsettled").out())
        .contains("step-1", "lab", "unknown");
    Ran without = Ran.ringfold("calls", "settle", store, "step-1", "--stream", "vqe");
    assertThat(without.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(without.err()).contains("--note");

    Ran settled =
        Ran.ringfold(
            "calls",
            "settle",
            store,
            "step-1",
            "--stream",
            "vqe",
            "--made",
            "--cost",
            "0.5",
            "--note",
            "Ada: in the list of jobs");

    assertThat(settled.exitCode()).as(settled.err()).isZero();
    assertThat(settled.out()).contains("step-1 of vqe is settled");
    assertThat(Ran.ringfold("calls", "list", store, "--unsettled").out())
        .contains("there are no calls");
    JsonNode calls = Ran.ringfold("calls", "list", store, "--json").json().get("calls");
    assertThat(calls.get(0).get("cost").asDouble()).isEqualTo(0.5);
    assertThat(Ran.ringfold("calls", "settle", store, "x", "--stream", "vqe", "--note", "n").err())
        .contains("expected one open call 'x'");
  }

  @Test
  void theHistoryOfSchemasNamesTypesOfYourOwn() {
    Path store = Stores.create(folder.resolve("store"), 1);

    assertThat(Ran.ringfold("schemas", store).out()).contains("1234", "Noted", "String text");
    assertThat(Ran.ringfold("schemas", store, "--all").out()).contains("LogOpened");
  }
}
