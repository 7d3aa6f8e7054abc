// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringfold.EventLog;
import dev.ringfold.projections.FailurePolicy;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ringfold health --prometheus}: what it says, and that any reader can read it. */
final class HealthPrometheusTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir private Path folder;

  private static long value(
      Map<String, Map<Map<String, String>, Long>> metrics, String name, Map<String, String> of) {
    Map<Map<String, String>, Long> series = metrics.get(name);
    assertThat(series).as(name).isNotNull().containsKey(of);
    return series.get(of);
  }

  @Test
  void theFactsOfHealthAreMetrics() {
    // A path with everything that has to be escaped.
    Path store = TrainingStore.createWithTables(folder.resolve("a \"b\\n\nc"));
    float[] weights = {1, 2};
    try (Checkpoints checkpoints = Checkpoints.open(store)) {
      checkpoints.save(1, Map.of("w", Tensor.of(weights, 2)), Map.of(), Map.of()).await();
    }

    Ran ran = Ran.ringfold("health", store, "--prometheus");

    assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
    var metrics = PrometheusFormat.parse(ran.out());
    Map<String, String> here = Map.of("store", store.toString());
    JsonNode stat = Ran.ringfold("stat", store, "--json").json();
    assertThat(value(metrics, "ringfold_healthy", here)).isEqualTo(1);
    assertThat(value(metrics, "ringfold_part_healthy", with(here, "part", "journal"))).isOne();
    assertThat(value(metrics, "ringfold_journal_events", here))
        .isEqualTo(value(metrics, "ringfold_journal_last_sequence", here) + 1)
        .isEqualTo(stat.get("events").asLong());
    assertThat(value(metrics, "ringfold_journal_durable_sequence", here))
        .isEqualTo(value(metrics, "ringfold_journal_last_sequence", here));
    assertThat(value(metrics, "ringfold_blobs_bytes", here)).isPositive();
    assertThat(value(metrics, "ringfold_blobs_damaged_packs", here)).isZero();
    assertThat(value(metrics, "ringfold_checkpoints", here)).isOne();
    assertThat(value(metrics, "ringfold_table_rows", with(here, "table", "metrics")))
        .isEqualTo(rows(store));
    assertThat(metrics.keySet()).allMatch(name -> name.startsWith("ringfold_"));
    assertThat(Ran.ringfold("health", store, "--prometheus", "--json").exitCode())
        .isEqualTo(ExitCodes.USAGE);
  }

  private static long rows(Path store) {
    try {
      return MetricTable.open(MetricTables.metricsTable(store.resolve("outputs"))).sealedRows();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Map<String, String> with(Map<String, String> labels, String name, String value) {
    Map<String, String> more = new java.util.TreeMap<>(labels);
    more.put(name, value);
    return more;
  }

  @Test
  void whatIsNotHealthyIsZeroAndExitCode4() throws IOException {
    Path store = folder.resolve("store");
    FailurePolicy putAside = new FailurePolicy.RetryThenDeadLetter(0, Duration.ZERO);
    try (EventLog log = Stores.builder(store).build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log)
                .add(MetricTables.metrics())
                .add(new PickyProjection(), putAside)
                .start()) {
      Stores.publish(log, 5);
      assertThat(runtime.awaitApplied("picky", log.lastSequence(), LONG)).isTrue();
      assertThat(runtime.awaitApplied("metrics", log.lastSequence(), LONG)).isTrue();
    }
    Files.writeString(store.resolve("MANIFEST"), "nonsense");

    Ran ran = Ran.ringfold("health", store, "--prometheus");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.DAMAGED);
    var metrics = PrometheusFormat.parse(ran.out());
    Map<String, String> here = Map.of("store", store.toString());
    assertThat(value(metrics, "ringfold_healthy", here)).isZero();
    assertThat(value(metrics, "ringfold_part_healthy", with(here, "part", "journal"))).isZero();
    assertThat(metrics).doesNotContainKey("ringfold_journal_events");
    Map<String, String> picky = with(here, "projection", "picky");
    assertThat(value(metrics, "ringfold_projection_dead_letters", picky)).isPositive();
    assertThat(value(metrics, "ringfold_part_healthy", with(here, "part", "picky"))).isZero();
    Map<String, String> table = with(here, "projection", "metrics");
    // So few rows are no part yet.
    assertThat(value(metrics, "ringfold_projection_committed_sequence", table)).isEqualTo(-1);
  }

  @Test
  void theReaderOfThisTestIsStrict() {
    String head = "# HELP a_b what\n# TYPE a_b gauge\n";

    assertThat(PrometheusFormat.parse(head + "a_b{x=\"1\\\\\\n\\\"\"} 4\n").get("a_b"))
        .containsEntry(Map.of("x", "1\\\n\""), 4L);
    for (String wrong :
        new String[] {
          head + "a_b{x=\"1\"} 4",
          head + "a_b{x=\"1\"} 4\n\n",
          head + "a_b{x=\"1\"} 4\na_b{x=\"1\"} 5\n",
          head + "a_b{x=\"\\t\"} 4\n",
          head + "a_b{x=\"1\" ,y=\"\"} 4\n",
          head + "a_c{x=\"1\"} 4\n",
          head + "a_b{x=\"1\"} 4 \n",
          "a_b{x=\"1\"} 4\n",
          "# TYPE a_b gauge\na_b{x=\"1\"} 4\n",
          head + "a_b{x=\"1\"} 4\n" + head + "a_b{x=\"2\"} 4\n",
        }) {
      assertThatThrownBy(() -> PrometheusFormat.parse(wrong))
          .as(wrong)
          .isInstanceOf(AssertionError.class);
    }
  }
}
