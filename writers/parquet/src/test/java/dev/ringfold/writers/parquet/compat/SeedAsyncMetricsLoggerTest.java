// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.StoreLockedException;
import dev.ringfold.compat.AsyncBufferStats;
import dev.ringfold.writers.parquet.TableQueries;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The seed's list of tests, AsyncMetricsLogger: step logging, epoch logging, statistics. */
@Timeout(120)
final class SeedAsyncMetricsLoggerTest {
  @TempDir Path directory;
  private Path output;

  @BeforeEach
  void chooseOutput() {
    output = directory.resolve("training_metrics.parquet");
  }

  private List<String> ask(String sql) {
    return TableQueries.ask(output, sql);
  }

  @Test
  void stepOfTheSeedsExample() {
    AsyncMetricsLogger logger = new AsyncMetricsLogger(output, 1_000, 100);
    Map<String, Object> step = new HashMap<>();
    step.put("train_loss", 0.5);
    step.put("grad_norm", 0.1);
    step.put("circuits_executed", 32);
    step.put("qubits_used", 8);
    step.put("circuit_execution_time_ms", 50.0);
    step.put("backend", "ionq.simulator");
    assertThat(logger.logStep(1, 100, step)).isTrue();
    logger.stop();

    assertThat(
            ask(
                "select epoch, step, train_loss, grad_norm, circuits_executed, qubits_used,"
                    + " circuit_execution_time_ms, backend, kind from $t"))
        .containsExactly("1|100|0.5|0.1|32|8|50.0|ionq.simulator|step");
  }

  @Test
  void epochOfTheSeedsExample() {
    AsyncMetricsLogger logger = new AsyncMetricsLogger(output);
    logger.logEpoch(
        1, Map.of("loss", 0.5, "grad_norm", 0.1), Map.of("loss", 0.55, "accuracy", 0.9));
    logger.stop();

    assertThat(
            ask("select epoch, step, train_loss, grad_norm, val_loss, val_accuracy, kind from $t"))
        .containsExactly("1|-1|0.5|0.1|0.55|0.9|epoch");
  }

  @Test
  void summariesAreFoundByTheirStep() {
    AsyncMetricsLogger logger = new AsyncMetricsLogger(output);
    for (int epoch = 0; epoch < 3; epoch++) {
      for (int step = 0; step < 10; step++) {
        logger.logStep(epoch, step, Map.of("train_loss", 1.0));
      }
      logger.logEpoch(epoch, Map.of("loss", 1.0 / (epoch + 1)), Map.of());
    }
    logger.stop();

    assertThat(ask("select epoch from $t where step = -1 order by epoch"))
        .containsExactly("0", "1", "2");
    assertThat(ask("select count(*) from $t where step >= 0")).containsExactly("30");
  }

  @Test
  void statsCountWhatWasPushed() {
    AsyncMetricsLogger logger = new AsyncMetricsLogger(output);
    for (int step = 0; step < 20; step++) {
      logger.logStep(0, step, Map.of("train_loss", 1.0));
    }
    AsyncBufferStats stats = logger.stats();
    logger.stop();

    assertThat(stats.pushed()).isEqualTo(20);
    assertThat(stats.dropped()).isZero();
    assertThat(stats.dropRate()).isZero();
    assertThat(stats.popped()).isBetween(0L, 20L);
    assertThat(stats.toMap())
        .containsOnlyKeys("pushed", "popped", "dropped", "drop_rate", "utilization");
  }

  @Test
  void statsTellOfTheTableToo() {
    AsyncMetricsLogger logger = new AsyncMetricsLogger(output);
    logger.logStep(0, 0, Map.of("cost_usd", 0.5));

    assertThat(logger.loggerStats().table().state()).isIn("catching_up", "running");
    assertThat(logger.loggerStats().costs().costUsd()).isEqualTo(0.5);
    logger.stop();
  }

  @Test
  void overflowIsCountedAndEverythingElseIsStored() {
    AsyncMetricsLogger logger = new AsyncMetricsLogger(output, 1, 100);
    long taken = 0;
    for (int step = 0; step < 50_000; step++) {
      taken += logger.logStep(0, step, Map.of("train_loss", 1.0)) ? 1 : 0;
    }
    AsyncBufferStats stats = logger.stats();
    logger.stop();

    assertThat(stats.pushed()).isEqualTo(taken);
    assertThat(stats.offered()).isEqualTo(50_000);
    assertThat(ask("select count(*), count(distinct seq) from $t"))
        .containsExactly(taken + "|" + taken);
  }

  @Test
  void tableIsCompressedWithGzip() {
    AsyncMetricsLogger logger = new AsyncMetricsLogger(output);
    logger.logStep(0, 0, Map.of("train_loss", 1.0));
    logger.stop();

    assertThat(ask("select distinct compression from parquet_metadata('" + output + "/*.parquet')"))
        .containsExactly("GZIP");
  }

  @Test
  void openingAgainAppendsAsANextAttempt() {
    for (int open = 0; open < 2; open++) {
      try (AsyncMetricsLogger logger = new AsyncMetricsLogger(output)) {
        logger.logStep(0, 0, Map.of("train_loss", open));
      }
    }

    assertThat(ask("select attempt, train_loss from $t order by seq"))
        .containsExactly("0|0.0", "1|1.0");
  }

  @Test
  void anyThreadMayLog() throws InterruptedException {
    try (AsyncMetricsLogger logger = new AsyncMetricsLogger(output, 100_000)) {
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        int epoch = t;
        threads.add(
            new Thread(
                () -> {
                  for (int step = 0; step < 500; step++) {
                    logger.logStep(epoch, step, Map.of("train_loss", step));
                  }
                }));
      }
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
    }

    assertThat(ask("select count(*), count(distinct (epoch, step)) from $t"))
        .containsExactly("2000|2000");
  }

  @Test
  void arraysAreRefusedWithAPointerToCheckpoints() {
    try (AsyncMetricsLogger logger = new AsyncMetricsLogger(output)) {
      assertThatThrownBy(() -> logger.logStep(0, 0, Map.of("w", new float[3])))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("checkpoints");
      assertThat(logger.logStep(0, 1, Map.of("w", 1))).isTrue();
    }
    assertThat(ask("select step from $t")).containsExactly("1");
  }

  @Test
  void stopTwiceIsHarmlessAndLaterRowsAreRefused() {
    AsyncMetricsLogger logger = new AsyncMetricsLogger(output);
    logger.stop();
    logger.stop();

    assertThat(logger.logStep(0, 0, Map.of())).isFalse();
  }

  @Test
  void twoLoggersOfOneOutputAreRefused() {
    try (AsyncMetricsLogger logger = new AsyncMetricsLogger(output)) {
      assertThatThrownBy(() -> new AsyncMetricsLogger(output))
          .isInstanceOf(StoreLockedException.class);
      assertThat(logger.logStep(0, 0, Map.of())).isTrue();
    }
  }

  @Test
  void missingDirectoriesAreMade() {
    output = directory.resolve("demo_output/full_training/metrics.parquet");
    try (AsyncMetricsLogger logger = new AsyncMetricsLogger(output)) {
      logger.logStep(0, 0, Map.of("train_loss", 1));
    }
    assertThat(ask("select count(*) from $t")).containsExactly("1");
  }

  @Test
  void defaultsAreTheSeeds() {
    assertThat(AsyncMetricsLogger.DEFAULT_BUFFER_SIZE).isEqualTo(1_000);
    assertThat(AsyncMetricsLogger.DEFAULT_FLUSH_INTERVAL).isEqualTo(100);
    assertThatThrownBy(() -> new AsyncMetricsLogger(output, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new AsyncMetricsLogger(output, 10, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(output).doesNotExist();
  }
}
