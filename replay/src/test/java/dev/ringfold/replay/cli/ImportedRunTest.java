// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.EventLogReader;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.MetricsView;
import dev.ringfold.event.RunClosed;
import dev.ringfold.event.RunStarted;
import dev.ringfold.writers.parquet.MetricsLogger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that was imported has the facts of one that a logger wrote. */
final class ImportedRunTest {
  @TempDir private Path folder;
  private Path store;

  @BeforeEach
  void create() {
    store = folder.resolve("store");
    assertThat(Ran.ringfold("init", store).exitCode()).isZero();
  }

  @Test
  void everyAttemptBeginsBeforeItsFirstRowAndIsClosedAtTheEnd() throws IOException {
    Path file =
        write(
            "epoch,step,run_id,attempt,loss",
            "0,1,a,0,0.5",
            "0,1,b,3,0.9",
            "0,2,a,0,0.4",
            "0,2,a,1,0.3");

    Ran ran = Ran.ringfold("import", store, file, "--json");

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(ran.json().get("added").asLong()).isEqualTo(4);
    String started = "{\"imported_sha256\":\"" + ran.json().get("sha256").asText() + "\"}";
    assertThat(facts())
        .containsExactly(
            "a: started 0 " + started,
            "a: row 0/1",
            "b: started 3 " + started,
            "b: row 3/1",
            "a: row 0/2",
            "a: started 1 " + started,
            "a: row 1/2",
            "a: closed 0",
            "a: closed 1",
            "b: closed 3");
  }

  @Test
  void importingAgainAddsNoFactEither() throws IOException {
    Path file = write("epoch,step,loss", "0,1,0.5");
    Ran.ringfold("import", store, file);
    List<String> before = facts();

    Ran again = Ran.ringfold("import", store, file);

    assertThat(again.out()).contains("0 added, 1 were there already");
    assertThat(before).hasSize(3);
    assertThat(facts()).isEqualTo(before);
  }

  @Test
  void anAttemptThatALoggerHasBegunKeepsItsConfiguration() throws IOException {
    try (MetricsLogger logger =
        MetricsLogger.builder(store).run("mine").configuration(Map.of("lr", 0.1)).open()) {
      logger.step(0, 1).trainLoss(0.5).log();
    }
    Path file = write("epoch,step,run_id,attempt,loss", "0,2,mine,0,0.5", "0,3,mine,1,0.25");

    Ran.ringfold("import", store, file);

    assertThat(facts())
        .filteredOn(fact -> fact.contains("started"))
        .hasSize(2)
        .satisfiesExactly(
            first -> assertThat(first).isEqualTo("mine: started 0 {\"lr\":0.1}"),
            second -> assertThat(second).startsWith("mine: started 1 {\"imported_sha256\":"));
  }

  @Test
  void theReportKnowsWhenAnImportedRunBeganAndEnded() throws IOException {
    Path file = write("epoch,step,loss", "0,1,0.5", "0,2,0.25");
    Ran.ringfold("import", store, file, "--run", "old");
    Path page = folder.resolve("report.html");

    Ran ran = Ran.ringfold("report", store, "--out", page);

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(Files.readString(page)).contains("imported_sha256").doesNotContain("not closed");
  }

  private List<String> facts() {
    List<String> facts = new ArrayList<>();
    MetricsView row = new MetricsView();
    try (EventLogReader reader = EventLogReader.open(store, EventTypes.builtin());
        Tailer tailer =
            reader
                .tailer()
                .types(
                    BuiltinTypes.RUN_STARTED.id(),
                    BuiltinTypes.METRICS_LOGGED.id(),
                    BuiltinTypes.RUN_CLOSED.id())
                .open()) {
      tailer.poll(
          event -> {
            String run = event.stream().name() + ": ";
            if (event.typeId() == BuiltinTypes.METRICS_LOGGED.id()) {
              row.wrap(event.buffer(), event.payloadOffset(), event.payloadLength());
              facts.add(run + "row " + row.attempt() + "/" + row.step());
              return;
            }
            Event decoded = tailer.decode(event);
            if (decoded instanceof RunStarted started) {
              facts.add(run + "started " + started.attempt() + " " + started.configuration());
            } else if (decoded instanceof RunClosed closed) {
              facts.add(run + "closed " + closed.attempt());
            }
          },
          Integer.MAX_VALUE);
    }
    return facts;
  }

  private Path write(String... lines) throws IOException {
    return Files.writeString(folder.resolve("m.csv"), String.join("\n", lines) + "\n");
  }
}
