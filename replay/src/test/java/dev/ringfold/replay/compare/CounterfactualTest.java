// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.LogOption;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.RingfoldException;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricsLogged.Kind;
import dev.ringfold.event.ProjectionConfigured;
import dev.ringfold.replay.WorkProgress;
import dev.ringfold.replay.at.Noted;
import dev.ringfold.replay.at.NotedTotal;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import dev.ringfold.writers.parquet.MetricTables;
import dev.ringfold.writers.parquet.Partition;
import dev.ringfold.writers.parquet.TableOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What would be different without some events. */
final class CounterfactualTest {
  private static final MetricLayout LAYOUT = MetricLayout.builder().doubles("loss", "lr").build();
  private static final int ROWS = 120;

  @TempDir private Path folder;

  private EventLog open() {
    return EventLog.builder(folder.resolve("store"))
        .environment(Map.of())
        .register(Noted.TYPE)
        .set(LogOption.RING_SLOTS, 1024)
        .set(LogOption.SEGMENT_BYTES, 1 << 20)
        .build();
  }

  private EventLogReader reader() {
    return EventLogReader.open(folder.resolve("store"), Noted.types());
  }

  /** Rows of two runs and a note behind each; returns the sequences of the rows. */
  private static List<Long> publish(EventLog log) {
    List<Long> sequences = new ArrayList<>();
    try (Producer producer = log.producer("trainer")) {
      MetricsRow[] rows = {
        producer.metrics(log.stream("run-a"), LAYOUT), producer.metrics(log.stream("run-b"), LAYOUT)
      };
      for (int step = 0; step < ROWS; step++) {
        MetricsRow row = rows[step & 1].begin(Kind.STEP, 0, 0, step, 1_000L + step);
        row.set(0, step).set(1, 0.5);
        sequences.add(
            row.append(AckLevel.JOURNAL, AppendOptions.NONE).join().receipt().lastSequence());
        producer.appendAndAwait(log.stream("run-a"), new Noted(step), AckLevel.JOURNAL);
      }
    }
    return sequences;
  }

  @Test
  void stoppedInTheMiddleItLeavesNoScratch() throws IOException {
    List<Long> rows;
    try (EventLog log = open()) {
      rows = publish(log);
    }
    Path scratch = Files.createDirectory(folder.resolve("scratch"));
    List<Path> made = new ArrayList<>();
    WorkProgress stopsAtTheLedger =
        (step, done, all) -> {
          made.addAll(list(scratch));
          return !step.equals(Counterfactual.LEDGER);
        };

    try (EventLogReader log = reader()) {
      Counterfactual work =
          Counterfactual.of(log, rows.subList(0, 1)).scratch(scratch).progress(stopsAtTheLedger);
      assertThatThrownBy(work::run)
          .isInstanceOf(CancellationException.class)
          .hasMessageContaining(Counterfactual.LEDGER);
    }

    assertThat(made).as("there was something to delete").isNotEmpty();
    assertThat(list(scratch)).isEmpty();
  }

  private static List<Path> list(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void removingOneMetricEventChangesExactlyItsRowAndTheAggregatesOverIt() throws IOException {
    List<Long> rows;
    try (EventLog log = open()) {
      rows = publish(log);
    }
    Random random = new Random(Long.getLong("ringfold.seed", 5L));
    for (int i = 0; i < 3; i++) {
      int step = random.nextInt(ROWS);
      CounterfactualReport report;
      try (EventLogReader log = reader()) {
        report = Counterfactual.of(log, List.of(rows.get(step))).run();
      }

      assertThat(report.without()).hasSize(1);
      assertThat(report.without().get(0).type()).isEqualTo("MetricsLogged");
      TableChanges metrics = report.tables().get(0);
      assertThat(metrics.table()).isEqualTo("metrics");
      assertThat(metrics.differences()).isEqualTo(1);
      assertThat(metrics.removed()).isEqualTo(1);
      assertThat(metrics.rowsBefore()).isEqualTo(ROWS);
      assertThat(metrics.rowsAfter()).isEqualTo(ROWS - 1);
      TableChanges.Row row = metrics.first().get(0);
      assertThat(row.sequence()).isEqualTo(rows.get(step));
      assertThat(row.cells())
          .contains(new TableChanges.Cell("loss", (double) step, null))
          .contains(new TableChanges.Cell("step", (long) step, null));
      assertThat(metrics.totals()).extracting(TableChanges.Total::column).contains("loss", "lr");
      TableChanges.Total loss =
          metrics.totals().stream()
              .filter(t -> t.column().equals("loss"))
              .findFirst()
              .orElseThrow();
      assertThat(loss.group())
          .isEqualTo(((step & 1) == 0 ? "run-a" : "run-b") + ", attempt 0, step");
      assertThat(loss.before().count()).isEqualTo(ROWS / 2);
      assertThat(loss.after().count()).isEqualTo(ROWS / 2 - 1);
      assertThat(loss.before().sum() - loss.after().sum()).isEqualTo(step);
      assertThat(report.tables().get(1).isEmpty()).isTrue();
      assertThat(report.lists()).allMatch(ItemChanges::isEmpty);
      assertThat(report.toJson().at("/tables/0/rows").size()).isEqualTo(1);
      assertThat(report.lines()).anyMatch(line -> line.contains("1 removed, 0 added, 0 changed"));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anEventThatNoProjectionTakesChangesNothingAndTheStoreStays(boolean partitions)
      throws IOException {
    long note;
    List<Long> rows;
    try (EventLog log = open()) {
      if (partitions) {
        try (Producer producer = log.producer("options")) {
          producer.appendAndAwait(
              log.stream(MetricTables.STREAM),
              new ProjectionConfigured(
                  MetricTables.METRICS,
                  TableOptions.defaults()
                      .withPartRows(16)
                      .withPartition(Partition.RUN)
                      .canonical()),
              AckLevel.JOURNAL);
        }
      }
      rows = publish(log);
      note = rows.get(7) + 1;
    }
    try (EventLogReader log = reader()) {
      CounterfactualReport nothing = Counterfactual.of(log, List.of(note)).run();
      CounterfactualReport three =
          Counterfactual.of(log, rows.subList(20, 23)).only(List.of("metrics")).run();

      assertThat(nothing.isEmpty()).isTrue();
      assertThat(nothing.lines()).anyMatch(line -> line.contains("nothing differs"));
      assertThat(three.tables()).hasSize(1);
      assertThat(three.tables().get(0).removed()).isEqualTo(3);
      assertThat(three.tables().get(0).differences()).isEqualTo(3);
      assertThat(three.lists()).isEmpty();
    }
    assertThat(folder.resolve("store/outputs/metrics.parquet")).doesNotExist();
  }

  @Test
  void statesOfOwnProjectionsAreCompared() throws IOException {
    long note;
    try (EventLog log = open()) {
      note = publish(log).get(9) + 1;
    }
    try (EventLogReader log = reader()) {
      CounterfactualReport report =
          Counterfactual.of(log, List.of(note))
              .with(NotedTotal::new)
              .only(List.of("noted-total"))
              .scratch(Files.createDirectory(folder.resolve("scratch")))
              .run();

      assertThat(report.tables()).isEmpty();
      assertThat(report.projections()).hasSize(1);
      assertThat(report.projections().get(0).isEmpty()).isFalse();
      assertThat(report.isEmpty()).isFalse();
    }
    assertThat(folder.resolve("scratch")).isEmptyDirectory();
  }

  @Test
  void aCheckpointThatWasNeverSavedIsMissingAndItsLabelStaysWhereItWas() throws IOException {
    List<Long> sequences = new ArrayList<>();
    long labelled;
    try (Checkpoints checkpoints = Checkpoints.builder(folder.resolve("store")).open()) {
      for (int epoch = 1; epoch <= 3; epoch++) {
        float[] weights = {epoch};
        checkpoints.save(epoch, Map.of("w", Tensor.of(weights, 1)), Map.of(), Map.of()).await();
        sequences.add(checkpoints.latestSummary().orElseThrow().sequence());
      }
      checkpoints.label(sequences.get(0), "best");
      checkpoints.label(sequences.get(1), "best");
      labelled = checkpoints.log().lastSequence();
    }
    try (EventLogReader log = reader()) {
      ItemChanges saved =
          Counterfactual.of(log, List.of(sequences.get(2)))
              .only(List.of("checkpoints"))
              .run()
              .lists()
              .get(0);
      ItemChanges label =
          Counterfactual.of(log, List.of(labelled))
              .only(List.of("checkpoints"))
              .run()
              .lists()
              .get(0);

      assertThat(saved.items()).hasSize(1);
      assertThat(saved.items().get(0).after()).isEmpty();
      assertThat(saved.after()).isEqualTo(2);
      assertThat(label.items()).hasSize(2);
      assertThat(label.items().get(0).after()).contains("label best");
      assertThat(label.items().get(1).after()).doesNotContain("best");
    }
  }

  @Test
  void whatIsNotThereIsNamed() throws IOException {
    try (EventLog log = open()) {
      publish(log);
    }
    try (EventLogReader log = reader()) {
      assertThatThrownBy(() -> Counterfactual.of(log, List.of(1_000_000L)).run())
          .isInstanceOf(RingfoldException.class)
          .hasMessageContaining("1000000");
      assertThatThrownBy(() -> Counterfactual.of(log, List.of(1L)).only(List.of("nonsense")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("nonsense")
          .hasMessageContaining("checkpoints");
      assertThatThrownBy(() -> Counterfactual.of(log, List.of()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
