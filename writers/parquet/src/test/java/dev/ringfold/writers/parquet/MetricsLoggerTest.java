// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogBuilder;
import dev.ringfold.LogClosedException;
import dev.ringfold.LogOption;
import dev.ringfold.RingfoldException;
import dev.ringfold.event.MetricColumn;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import dev.ringfold.event.MetricsLogged.Kind;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("smoke")
@Timeout(120)
final class MetricsLoggerTest {
  @TempDir Path directory;

  private MetricsLoggerBuilder builder() {
    return MetricsLogger.builder(store()).log(JournalRows::small);
  }

  private Path store() {
    return directory.resolve("store");
  }

  private List<Map<String, Object>> metrics() {
    return JournalRows.read(store()).stream().map(JournalRows.Row::metrics).toList();
  }

  @Test
  void typedStepIsInTheJournalWithWhatWasSetAndNothingElse() {
    try (MetricsLogger logger = builder().open()) {
      assertThat(logger.step(3, 40).trainLoss(0.5).gradNorm(Double.NaN).backend("sim").log())
          .isTrue();
      assertThat(logger.step(3, 41).circuitsExecuted(32).log()).isTrue();
    }

    List<JournalRows.Row> rows = JournalRows.read(store());
    assertThat(rows).hasSize(2);
    assertThat(rows.get(0).metrics())
        .isEqualTo(Map.of("train_loss", 0.5, "grad_norm", Double.NaN, "backend", "sim"));
    assertThat(rows.get(0).run()).isEqualTo(MetricsLogger.DEFAULT_RUN);
    assertThat(rows.get(0).kind()).isEqualTo(Kind.STEP);
    assertThat(rows.get(0).epoch()).isEqualTo(3);
    assertThat(rows.get(0).step()).isEqualTo(40);
    assertThat(rows.get(1).metrics()).isEqualTo(Map.of("circuits_executed", 32L));
  }

  @Test
  void everyTrainingMetricHasASetterOfItsName() throws ReflectiveOperationException {
    Map<String, Object> expected = new LinkedHashMap<>();
    try (MetricsLogger logger = builder().open()) {
      TrainingRow row = logger.step(0, 0);
      for (MetricColumn column : MetricLayout.training().columns()) {
        Class<?> type =
            switch (column.type()) {
              case DOUBLE -> double.class;
              case LONG -> long.class;
              case BOOLEAN -> boolean.class;
              case STRING -> String.class;
            };
        Object value =
            switch (column.type()) {
              case DOUBLE -> expected.size() + 0.25;
              case LONG -> (long) expected.size();
              case BOOLEAN -> true;
              case STRING -> "text";
            };
        Method setter = TrainingRow.class.getMethod(camelCase(column.name()), type);
        assertThat(setter.invoke(row, value)).isSameAs(row);
        expected.put(column.name(), value);
      }
      row.log();
    }

    assertThat(expected).hasSize(15);
    assertThat(metrics()).containsExactly(expected);
  }

  private static String camelCase(String name) {
    StringBuilder out = new StringBuilder();
    boolean upper = false;
    for (char c : name.toCharArray()) {
      if (c != '_') {
        out.append(upper ? Character.toUpperCase(c) : c);
      }
      upper = c == '_';
    }
    return out.toString();
  }

  @Test
  void typedEpochHasTheStepOfASummary() {
    try (MetricsLogger logger = builder().open()) {
      logger.epoch(7).trainLoss(1).valLoss(2).log();
    }

    JournalRows.Row row = JournalRows.read(store()).get(0);
    assertThat(row.kind()).isEqualTo(Kind.EPOCH);
    assertThat(row.step()).isEqualTo(-1);
    assertThat(row.epoch()).isEqualTo(7);
    assertThat(row.metrics()).isEqualTo(Map.of("train_loss", 1.0, "val_loss", 2.0));
  }

  @Test
  void nothingOfTheRowBeforeIsLeftInTheNext() {
    try (MetricsLogger logger = builder().open()) {
      logger.step(0, 0).trainLoss(1).valLoss(2).costUsd(3).log();
      logger.step(0, 1).trainLoss(4).log();

      assertThat(logger.stats().costs().costUsd()).isEqualTo(3);
    }

    assertThat(metrics().get(1)).isEqualTo(Map.of("train_loss", 4.0));
  }

  @Test
  void rowsMayCarryATimeOfTheirOwn() {
    try (MetricsLogger logger = builder().open()) {
      logger.step(0, 0, 1_700_000_000_000_000_000L).trainLoss(1).log();
    }

    assertThat(JournalRows.read(store()).get(0).eventTimeNanos())
        .isEqualTo(1_700_000_000_000_000_000L);
  }

  @Test
  void ownLayoutKeepsItsTypes() {
    MetricLayout layout =
        MetricLayout.builder()
            .doubles("accuracy")
            .column("samples", MetricType.LONG)
            .column("warm", MetricType.BOOLEAN)
            .column("phase", MetricType.STRING)
            .build();
    try (MetricsLogger logger = builder().open()) {
      LayoutRow row = logger.row(layout);
      row.step(1, 2).set(0, 0.5).set(1, 1L << 60).set(2, true).set(3, "a/b").log();
      row.epoch(1).set(0, 1).set(1, 8.0).log();
    }

    assertThat(metrics())
        .containsExactly(
            Map.of("accuracy", 0.5, "samples", 1L << 60, "warm", true, "phase", "a/b"),
            Map.of("accuracy", 1.0, "samples", 8L));
  }

  @Test
  void valueThatDoesNotFitItsColumnIsRefusedByName() {
    MetricLayout layout =
        MetricLayout.builder()
            .column("samples", MetricType.LONG)
            .column("phase", MetricType.STRING)
            .build();
    try (MetricsLogger logger = builder().open()) {
      LayoutRow row = logger.row(layout);

      assertThatThrownBy(row::log).isInstanceOf(IllegalStateException.class);
      row.step(0, 0);
      assertThatThrownBy(() -> row.set(0, 0.4))
          .hasMessage("Metric 'samples' holds LONG and does not take the number 0.4");
      assertThatThrownBy(() -> row.set(0, 0x1p63)).hasMessageContaining("9.22");
      assertThatThrownBy(() -> row.set(0, "x")).hasMessageContaining("the text 'x'");
      assertThatThrownBy(() -> row.set(1, 1)).hasMessageContaining("'phase' holds STRING");
      assertThatThrownBy(() -> row.set(1, true)).hasMessageContaining("true");
      assertThatThrownBy(() -> row.set(2, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void firstOpenIsAttemptZeroAndEveryFurtherOneIsOneMore() {
    for (int attempt = 0; attempt < 3; attempt++) {
      try (MetricsLogger logger = builder().run("r").open()) {
        assertThat(logger.attempt()).isEqualTo(attempt);
        logger.step(0, 131).trainLoss(attempt).log();
      }
    }

    assertThat(JournalRows.read(store()).stream().map(JournalRows.Row::attempt))
        .containsExactly(0, 1, 2);
    assertThat(JournalRows.runs(store()))
        .containsExactly("start r 0", "end r 0", "start r 1", "end r 1", "start r 2", "end r 2");
  }

  @Test
  void runsOfOneStoreCountTheirAttemptsApart() {
    builder().run("a").open().close();
    builder().run("a").open().close();
    try (MetricsLogger logger = builder().run("b").open()) {
      assertThat(logger.attempt()).isZero();
    }
    try (MetricsLogger logger = builder().resume("a").open()) {
      assertThat(logger.attempt()).isEqualTo(2);
    }
  }

  @Test
  void resumeOfARunThatIsNotThereIsAnError() {
    builder().run("run-1").open().close();

    assertThatThrownBy(() -> builder().resume("run-l").open())
        .isInstanceOf(RingfoldException.class)
        .hasMessageContaining("no run 'run-l' to resume");
    try (MetricsLogger logger = builder().open()) {
      assertThat(logger.attempt()).as("the store is free again").isEqualTo(1);
    }
  }

  @Test
  void configurationIsKeptWithTheBeginOfTheRun() {
    Map<String, Object> configuration = new LinkedHashMap<>();
    configuration.put("seed", 7);
    configuration.put("lr", 1e-3);
    configuration.put("note", "a \"b\"\n");
    configuration.put("nested", Map.of("deep", true));
    configuration.put("limit", Double.NaN);
    configuration.put("none", null);

    builder().configuration(configuration).open().close();

    assertThat(JournalRows.runs(store()).get(0))
        .isEqualTo(
            "start run-1 0 {\"limit\":\"NaN\",\"lr\":0.001,\"nested\":{\"deep\":true},"
                + "\"none\":\"\",\"note\":\"a \\\"b\\\"\\u000a\",\"seed\":7}");
  }

  @Test
  void statsCountWhatWasOffered() {
    try (MetricsLogger logger = builder().open()) {
      assertThat(logger.stats().dropRate()).isZero();
      for (int i = 0; i < 10; i++) {
        logger.step(0, i).trainLoss(i).log();
      }

      LoggerStats stats = logger.stats();
      assertThat(stats.run()).isEqualTo("run-1");
      assertThat(stats.offered()).isEqualTo(10);
      assertThat(stats.dropped()).isZero();
      assertThat(stats.ringUtilization()).isBetween(0.0, 1.0);
      assertThat(stats.journal()).isEqualTo("open");
    }
  }

  @Test
  void overloadDropsAreCountedAndTheRestIsStored() {
    long taken = 0;
    LoggerStats stats;
    int rows = 500_000;
    try (MetricsLogger logger =
        builder()
            .ringRows(1)
            .log(builder -> builder.set(LogOption.SEGMENT_BYTES, 256L << 20))
            .open()) {
      for (int i = 0; i < rows; i++) {
        taken += logger.step(0, i).trainLoss(i).log() ? 1 : 0;
      }
      stats = logger.stats();
    }

    assertThat(stats.offered()).isEqualTo(rows);
    assertThat(stats.dropped()).isEqualTo(rows - taken);
    assertThat(stats.dropRate()).isEqualTo((double) stats.dropped() / rows);
    assertThat(JournalRows.read(store())).hasSize((int) taken);
  }

  @Test
  void otherThreadsLogWithHandlesOfTheirOwn() throws InterruptedException {
    int threads = 4;
    int rows = 1_000;
    try (MetricsLogger logger = builder().open()) {
      List<Thread> workers = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int worker = t;
        workers.add(
            new Thread(
                () -> {
                  try (ThreadLogger handle = logger.forThread("worker-" + worker)) {
                    for (int i = 0; i < rows; i++) {
                      handle.step(worker, i).trainLoss(i).log();
                      handle.logStep(worker, i, Map.of("own", i));
                    }
                  }
                }));
      }
      workers.forEach(Thread::start);
      for (Thread worker : workers) {
        worker.join();
      }
      LoggerStats stats = logger.stats();
      assertThat(stats.offered()).isEqualTo(2L * threads * rows);
      assertThat(stats.dropped()).isZero();
    }

    List<JournalRows.Row> stored = JournalRows.read(store());
    for (int t = 0; t < threads; t++) {
      int worker = t;
      assertThat(
              stored.stream()
                  .filter(row -> row.epoch() == worker && row.metrics().containsKey("own"))
                  .map(JournalRows.Row::step))
          .hasSize(rows)
          .isSorted();
    }
  }

  @Test
  void handleOfAnotherThreadIsRefusedUnlessItWasGivenUp() throws InterruptedException {
    try (MetricsLogger logger = builder().open()) {
      logger.step(0, 0).log();
      List<Throwable> failures = new ArrayList<>();
      Runnable use =
          () -> {
            try {
              logger.step(0, 1).log();
            } catch (RuntimeException e) {
              failures.add(e);
            }
          };
      Thread first = new Thread(use);
      first.start();
      first.join();
      logger.handOver();
      Thread second = new Thread(use);
      second.start();
      second.join();

      assertThat(failures).singleElement().isInstanceOf(IllegalStateException.class);
    }
    assertThat(JournalRows.read(store())).hasSize(2);
  }

  @Test
  void nameOfAThreadMayBeUsedAgainAndKeepsCounting() {
    try (MetricsLogger logger = builder().open()) {
      for (int i = 0; i < 3; i++) {
        try (ThreadLogger handle = logger.forThread("t")) {
          handle.step(0, i).log();
          assertThatThrownBy(() -> logger.forThread("t")).isInstanceOf(RingfoldException.class);
        }
      }
      assertThat(logger.stats().offered()).isEqualTo(3);
    }
  }

  @Test
  void afterCloseRowsAreRefusedAndCloseIsHarmless() {
    MetricsLogger logger = builder().open();
    LayoutRow row = logger.row(MetricLayout.builder().doubles("x").build());
    row.step(0, 0).set(0, 1);
    ThreadLogger other = logger.forThread("other");
    logger.close();
    logger.close();

    assertThat(row.log()).isFalse();
    assertThat(logger.logStep(0, 0, Map.of("x", 1))).isFalse();
    assertThat(logger.logEpoch(0, Map.of("x", 1), Map.of())).isFalse();
    assertThat(other.logStep(0, 0, Map.of("x", 1))).isFalse();
    assertThatThrownBy(() -> logger.forThread("late")).isInstanceOf(LogClosedException.class);
    assertThatThrownBy(() -> logger.row(MetricLayout.training()))
        .isInstanceOf(LogClosedException.class);
    assertThat(JournalRows.read(store())).isEmpty();
  }

  @Test
  void loggerOnAnOpenLogLeavesItOpen() {
    EventLogBuilder options = EventLog.builder(store());
    JournalRows.small(options);
    try (EventLog log = options.build()) {
      try (MetricsLogger one = MetricsLogger.on(log).run("one").open();
          MetricsLogger two = MetricsLogger.on(log).run("two").open()) {
        one.step(0, 1).log();
        two.step(0, 2).log();
        assertThatThrownBy(() -> MetricsLogger.on(log).run("one").open())
            .isInstanceOf(RingfoldException.class)
            .hasMessageContaining("'one' is open already");
      }
      try (MetricsLogger again = MetricsLogger.on(log).run("one").open()) {
        assertThat(again.attempt()).isEqualTo(1);
        assertThat(again.stats().offered()).isZero();
      }
      assertThat(log.health().reason()).isEmpty();
    }
    assertThat(JournalRows.read(store()).stream().map(JournalRows.Row::run))
        .containsExactly("one", "two");
  }

  @Test
  void runIdsAreAnyTextWithoutControlCharacters() {
    builder().run("exp/2026-11-21 ä 实验").open().close();

    assertThat(JournalRows.runs(store()).get(0)).isEqualTo("start exp/2026-11-21 ä 实验 0");
    assertThatThrownBy(() -> builder().run("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder().run("a\nb"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("run's id")
        .hasMessageContaining("control character 10");
    assertThatThrownBy(() -> builder().run("x".repeat(201)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("but has 201");
  }

  @Test
  void ringHasRoomForAtLeastTheRowsAskedFor() {
    try (MetricsLogger logger = builder().ringRows(3_000).open()) {
      assertThat(logger.log().stats().ringSlots()).isEqualTo(8_192);
    }
    assertThatThrownBy(() -> builder().ringRows(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
