// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogBuilder;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.writers.parquet.internal.table.MetricsProjection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From the logger to what DuckDB sees. */
@Timeout(120)
final class LoggerTableTest {
  @TempDir Path directory;

  private MetricsLoggerBuilder builder() {
    return MetricsLogger.builder(directory.resolve("store")).log(JournalRows::small);
  }

  private Path table() {
    return directory.resolve("store/outputs/metrics.parquet");
  }

  @Test
  void whatWasLoggedIsInTheTableAfterClose() {
    try (MetricsLogger logger = builder().run("a/b").open()) {
      assertThat(logger.table()).isEqualTo(table());
      logger.step(1, 2, 1_500_000_000_250_000_000L).trainLoss(0.5).circuitsExecuted(32).log();
      logger.logStep(1, 3, Map.of("train_loss", Double.NaN, "accuracy", 0.75, "warm", true));
      logger.logEpoch(1, Map.of("loss", 0.25), Map.of("loss", 0.5, "accuracy", 0.9));
    }

    assertThat(
            TableQueries.ask(
                table(),
                "select run_id, attempt, kind, epoch, step, train_loss, val_loss,"
                    + " circuits_executed, accuracy, warm, val_accuracy from $t order by seq"))
        .containsExactly(
            "a/b|0|step|1|2|0.5|null|32|null|null|null",
            "a/b|0|step|1|3|NaN|null|null|0.75|true|null",
            "a/b|0|epoch|1|-1|0.25|0.5|null|null|null|0.9");
    assertThat(TableQueries.ask(table(), "select ts, timestamp from $t where step = 2"))
        .containsExactly("1500000000250000000|1.5000000002499998E9");
  }

  @Test
  void typesOfTheTableAreThoseOfTheSeed() {
    try (MetricsLogger logger = builder().open()) {
      logger.step(0, 0).trainLoss(1).log();
    }

    assertThat(TableQueries.ask(table(), "select column_name, column_type from (describe from $t)"))
        .containsExactly(
            "seq|BIGINT",
            "run_id|VARCHAR",
            "attempt|INTEGER",
            "kind|VARCHAR",
            "ts|BIGINT",
            "epoch|BIGINT",
            "step|BIGINT",
            "timestamp|DOUBLE",
            "train_loss|DOUBLE",
            "val_loss|DOUBLE",
            "grad_norm|DOUBLE",
            "grad_max|DOUBLE",
            "grad_min|DOUBLE",
            "circuit_execution_time_ms|DOUBLE",
            "circuits_executed|BIGINT",
            "qubits_used|BIGINT",
            "shots_per_circuit|BIGINT",
            "backend|VARCHAR",
            "queue_time_ms|DOUBLE",
            "cost_usd|DOUBLE",
            "credits_used|DOUBLE",
            "batch_time_ms|DOUBLE",
            "throughput_samples_per_sec|DOUBLE");
  }

  @Test
  void resumedStepsAreKeptTwiceAndTheLatestViewHasTheNewest() throws IOException {
    try (MetricsLogger logger = builder().open()) {
      for (int step = 100; step <= 150; step++) {
        logger.step(0, step).trainLoss(1).log();
      }
    }
    try (MetricsLogger logger = builder().resume("run-1").open()) {
      for (int step = 131; step <= 200; step++) {
        logger.step(0, step).trainLoss(2).log();
      }
    }

    assertThat(TableQueries.ask(table(), "select count(*) from $t where step between 131 and 150"))
        .containsExactly("40");
    String views = Files.readString(directory.resolve("store/outputs/metrics.sql"));
    assertThat(
            DuckScript.ask(
                views,
                "select count(*), sum(train_loss), min(attempt) from latest"
                    + " where step between 131 and 150"))
        .containsExactly("20|40.0|1");
    assertThat(DuckScript.ask(views, "select count(*) from latest")).containsExactly("101");
  }

  @Test
  void rowsAreVisibleWhileTheRunGoesOn() {
    try (MetricsLogger logger = builder().flush(FlushPolicy.LOW_LATENCY).open()) {
      for (int step = 0; step < 50; step++) {
        logger.step(0, step).trainLoss(step).log();
      }
      assertThat(logger.awaitTable(Duration.ofSeconds(30))).isTrue();
      long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (!isVisible(50)) {
        assertThat(System.nanoTime()).isLessThan(deadline);
        LockSupport.parkNanos(10_000_000L);
      }
      assertThat(logger.stats().table().state()).isEqualTo("running");
      assertThat(logger.stats().table().failure()).isEmpty();
    }
    assertThat(isVisible(50)).isTrue();
  }

  private boolean isVisible(int rows) {
    try (var parts = Files.newDirectoryStream(table(), "part-*.parquet")) {
      if (!parts.iterator().hasNext()) {
        return false;
      }
    } catch (IOException e) {
      return false;
    }
    return TableQueries.number(table(), "select count(*) from $t") == rows;
  }

  @Test
  void codecIsTheConfiguredOneAndStaysUntilItIsConfiguredAgain() {
    builder().compression(Compression.GZIP).open().close();
    for (Compression codec : new Compression[] {null, Compression.SNAPPY}) {
      MetricsLoggerBuilder next = builder();
      if (codec != null) {
        next.compression(codec);
      }
      try (MetricsLogger logger = next.open()) {
        logger.step(0, 0).trainLoss(1).log();
      }
    }

    assertThat(
            TableQueries.ask(
                table(),
                "select distinct compression from parquet_metadata('"
                    + table()
                    + "/*.parquet') order by 1"))
        .containsExactly("GZIP", "SNAPPY");
  }

  @Test
  void ledgerIsCompleteAfterClose() {
    try (MetricsLogger logger = builder().open()) {
      for (int step = 0; step < 1_000; step++) {
        logger.step(0, step).trainLoss(step).log();
      }
    }

    List<String> ledger =
        TableQueries.ask(
            directory.resolve("store/outputs/ledger.parquet"),
            "select producer_name, offered, stored, dropped from $t where kind = 'mark' and closing"
                + " and producer_name = 'run-1'");
    assertThat(ledger).containsExactly("run-1|1000|1000|0");
  }

  @Test
  void everyRowIsThereOnceOverManyOpens() {
    long rows = 0;
    for (int open = 0; open < 5; open++) {
      try (MetricsLogger logger = builder().open()) {
        for (int step = 0; step < 777; step++) {
          rows += logger.step(open, step).trainLoss(step).log() ? 1 : 0;
        }
      }
    }

    assertThat(TableQueries.ask(table(), "select count(*), count(distinct seq) from $t"))
        .containsExactly(rows + "|" + rows);
    assertThat(JournalRows.read(directory.resolve("store"))).hasSize((int) rows);
  }

  @Test
  void outputsMayBeElsewhere() throws IOException {
    Path outputs = Files.createDirectory(directory.resolve("elsewhere"));
    try (MetricsLogger logger = builder().outputs(outputs).open()) {
      logger.step(0, 0).trainLoss(1).log();
      assertThat(logger.table()).isEqualTo(outputs.resolve("metrics.parquet"));
    }

    assertThat(TableQueries.number(outputs.resolve("metrics.parquet"), "select count(*) from $t"))
        .isEqualTo(1);
  }

  @Test
  void loggerOnARuntimeOfTheUserSealsAtItsEndAndLeavesItRunning() {
    EventLogBuilder options = EventLog.builder(directory.resolve("store"));
    JournalRows.small(options);
    try (EventLog log = options.build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log).add(new MetricsProjection()).start()) {
      for (String run : List.of("one", "two")) {
        try (MetricsLogger logger = MetricsLogger.on(log, runtime).run(run).open()) {
          logger.step(0, 0).trainLoss(1).log();
          assertThat(logger.stats().table().state()).isIn("running", "catching_up");
        }
        assertThat(
                TableQueries.ask(table(), "select count(*) from $t where run_id = '" + run + "'"))
            .containsExactly("1");
      }
    }
  }

  @Test
  void closeOfAnInterruptedThreadStoresEverythingAndLeavesItInterrupted() {
    MetricsLogger logger = builder().open();
    for (int step = 0; step < 1_000; step++) {
      logger.step(0, step).trainLoss(step).log();
    }
    Thread.currentThread().interrupt();
    logger.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(TableQueries.ask(table(), "select count(*) from $t")).containsExactly("1000");
    assertThat(logger.stats().offered()).isEqualTo(1_000);
    assertThat(logger.stats().table().state()).isEqualTo("stopped");
    assertThat(logger.stats().table().rowsSealed()).isEqualTo(1_000);
  }

  @Test
  void pausedTableIsBehindAtCloseAndCatchesUpLater() {
    EventLogBuilder options = EventLog.builder(directory.resolve("store"));
    JournalRows.small(options);
    try (EventLog log = options.build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log).add(MetricTables.metrics()).start()) {
      MetricsLogger logger = MetricsLogger.on(log, runtime).open();
      runtime.pause(MetricTables.METRICS);
      logger.step(0, 0).trainLoss(1).log();

      assertThatThrownBy(logger::close)
          .isInstanceOf(TableBehindException.class)
          .hasMessageContaining("is paused")
          .hasMessageContaining("Nothing is lost");
      assertThat(logger.awaitTable(Duration.ofMillis(10))).isFalse();

      runtime.resume(MetricTables.METRICS);
      assertThat(logger.awaitTable(Duration.ofSeconds(30))).isTrue();
      assertThat(TableQueries.ask(table(), "select count(*) from $t")).containsExactly("1");
    }
  }

  @Test
  void handlesThatWereNotClosedAreGivenBackWithTheLogger() {
    EventLogBuilder options = EventLog.builder(directory.resolve("store"));
    JournalRows.small(options);
    try (EventLog log = options.build()) {
      for (int open = 0; open < 3; open++) {
        try (MetricsLogger logger = MetricsLogger.on(log).open()) {
          ThreadLogger handle = logger.forThread("worker");
          assertThat(handle.step(0, open).log()).isTrue();
        }
      }
      assertThat(log.ledger())
          .anySatisfy(
              line -> {
                assertThat(line.name()).isEqualTo("run-1/worker");
                assertThat(line.offered()).isEqualTo(3);
              });
    }
  }

  @Test
  void clashOfTypesGoesToASiblingColumn() {
    try (MetricsLogger logger = builder().open()) {
      logger.logStep(0, 0, Map.of("circuits_executed", 32, "phase", "warm"));
      logger.logStep(0, 1, Map.of("circuits_executed", 0.4, "phase", 7));
    }

    assertThat(
            TableQueries.ask(
                table(),
                "select circuits_executed, circuits_executed__double, phase, phase__double from $t"
                    + " order by seq"))
        .containsExactly("32|null|warm|null", "null|0.4|null|7.0");
  }

  @Test
  void specialNumbersSurvive() {
    try (MetricsLogger logger = builder().open()) {
      for (double value :
          new double[] {Double.NaN, Double.POSITIVE_INFINITY, -0.0, Double.MIN_VALUE}) {
        logger.step(0, 0).trainLoss(value).log();
      }
    }

    assertThat(TableQueries.ask(table(), "select train_loss, 1 / train_loss from $t order by seq"))
        .containsExactly("NaN|NaN", "Infinity|0.0", "-0.0|-Infinity", "4.9E-324|Infinity");
  }
}
