// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringfold.EventLog;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.MetricTables;
import dev.ringfold.writers.parquet.MetricsLogger;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command compact, of a store that nobody has open and of one that this process has. */
final class CompactCommandTest {
  private static final int RUNS = 3;
  private static final int STEPS = 7;
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir private Path folder;

  private Path store;

  @BeforeEach
  void makeParts() {
    store = folder.resolve("store");
    for (int run = 0; run < RUNS; run++) {
      try (MetricsLogger logger = MetricsLogger.builder(store).run("run-" + run).open()) {
        for (int step = 0; step < STEPS; step++) {
          logger.logStep(0, step, Map.of("train_loss", 1.0 / (step + 1)));
        }
      }
    }
  }

  private MetricTable table() throws IOException {
    return MetricTable.open(MetricTables.metricsTable(store.resolve("outputs")));
  }

  @Test
  void manyPartsBecomeOneWithTheSameRows() throws IOException {
    MetricTable before = table();
    assertThat(before.parts()).hasSize(RUNS);

    Ran compact = Ran.ringfold("compact", store);

    assertThat(compact.exitCode()).isZero();
    assertThat(compact.out()).contains("compacted here, 3 files before, 1 now");
    MetricTable after = table();
    assertThat(after.parts()).hasSize(1);
    assertThat(after.sealedRows()).isEqualTo((long) RUNS * STEPS);
    assertThat(after.rowHash()).isEqualTo(before.rowHash());
    assertThat(after.verify()).isEmpty();
  }

  @Test
  void theProcessThatHasTheStoreOpenDoesIt() throws IOException {
    try (EventLog log = Stores.builder(store).build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log).add(MetricTables.metrics()).start()) {
      JsonNode done = Ran.ringfold("compact", store, "--json").json();

      assertThat(done.get("done").asText()).contains("by process " + ProcessHandle.current().pid());
      assertThat(done.get("filesBefore").asInt()).isEqualTo(RUNS);
      assertThat(runtime.awaitApplied(MetricTables.METRICS, log.lastSequence(), LONG)).isTrue();
    }
    assertThat(table().parts()).hasSize(1);
  }

  @Test
  void aStoreWithoutATableHasNothingToCompact() {
    Path empty = folder.resolve("empty");
    Stores.create(empty, 1);

    Ran compact = Ran.ringfold("compact", empty);

    assertThat(compact.exitCode()).isZero();
    assertThat(compact.out()).contains("nothing is sealed yet");
  }
}
