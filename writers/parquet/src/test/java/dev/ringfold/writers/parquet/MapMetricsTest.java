// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.LogOption;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricsLogged.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What maps of metrics become, and which are refused. */
@Timeout(120)
final class MapMetricsTest {
  @TempDir Path directory;
  private MetricsLogger logger;

  @BeforeEach
  void open() {
    logger =
        MetricsLogger.builder(directory.resolve("store"))
            .ringRows(10_000)
            .log(JournalRows::small)
            // A frame is an eighth of a block, and the names of a wide layout have to fit one.
            .log(builder -> builder.set(LogOption.BLOCK_BYTES, 1 << 20))
            .open();
  }

  @AfterEach
  void close() {
    logger.close();
  }

  private List<JournalRows.Row> rows() {
    logger.close();
    return JournalRows.read(directory.resolve("store"));
  }

  private Map<String, Object> stored(Map<String, ?> metrics) {
    assertThat(logger.logStep(1, 2, metrics)).isTrue();
    return rows().get(0).metrics();
  }

  @Test
  void numbersAreDoublesSoThatAColumnNeverChangesItsType() {
    Map<String, Object> metrics = new LinkedHashMap<>();
    metrics.put("integer", 3);
    metrics.put("long", 4L);
    metrics.put("float", 0.5f);
    metrics.put("double", 0.25);
    metrics.put("big", new BigDecimal("1.5"));
    metrics.put("bigger", BigInteger.TEN);
    metrics.put("atomic", new AtomicLong(7));

    assertThat(stored(metrics))
        .isEqualTo(
            Map.of(
                "integer", 3.0, "long", 4.0, "float", 0.5, "double", 0.25, "big", 1.5, "bigger",
                10.0, "atomic", 7.0));
  }

  @Test
  void specialNumbersSurvive() {
    Map<String, Object> stored =
        stored(
            Map.of(
                "nan",
                Double.NaN,
                "up",
                Double.POSITIVE_INFINITY,
                "down",
                Float.NEGATIVE_INFINITY,
                "minusZero",
                -0.0));

    assertThat(stored)
        .containsEntry("nan", Double.NaN)
        .containsEntry("up", Double.POSITIVE_INFINITY)
        .containsEntry("down", Double.NEGATIVE_INFINITY)
        .containsEntry("minusZero", -0.0);
  }

  @Test
  void textsBooleansAndEnumsKeepTheirTypes() {
    assertThat(
            stored(
                Map.of(
                    "text",
                    "a\tb",
                    "yes",
                    true,
                    "letter",
                    'x',
                    "day",
                    DayOfWeek.MONDAY,
                    "built",
                    new StringBuilder("sb"))))
        .isEqualTo(
            Map.of("text", "a\tb", "yes", true, "letter", "x", "day", "MONDAY", "built", "sb"));
  }

  @Test
  void trainingMetricsHaveTheirDeclaredTypes() {
    Map<String, Object> metrics = new HashMap<>();
    metrics.put("train_loss", 1);
    metrics.put("circuits_executed", 32);
    metrics.put("qubits_used", 8.0);
    metrics.put("backend", "sim");

    assertThat(stored(metrics))
        .isEqualTo(
            Map.of(
                "train_loss", 1.0, "circuits_executed", 32L, "qubits_used", 8L, "backend", "sim"));
  }

  @Test
  void valueThatADeclaredTypeCannotHoldKeepsItsOwn() {
    assertThat(stored(Map.of("circuits_executed", 0.4, "train_loss", "diverged")))
        .isEqualTo(Map.of("circuits_executed", 0.4, "train_loss", "diverged"));
  }

  @Test
  void nullIsAbsent() {
    Map<String, Object> metrics = new HashMap<>();
    metrics.put("loss", 1);
    metrics.put("val", null);

    assertThat(stored(metrics)).isEqualTo(Map.of("loss", 1.0));
  }

  @Test
  void emptyMapIsARowWithoutMetrics() {
    assertThat(stored(Map.of())).isEmpty();
  }

  @Test
  void epochKeysBecomeTrainAndValUnlessTheyAreColumnsAlready() {
    logger.logEpoch(
        5, Map.of("loss", 0.5, "grad_norm", 0.1), Map.of("loss", 0.55, "accuracy", 0.9));

    JournalRows.Row row = rows().get(0);
    assertThat(row.kind()).isEqualTo(Kind.EPOCH);
    assertThat(row.step()).isEqualTo(-1);
    assertThat(row.epoch()).isEqualTo(5);
    assertThat(row.metrics())
        .isEqualTo(
            Map.of("train_loss", 0.5, "grad_norm", 0.1, "val_loss", 0.55, "val_accuracy", 0.9));
  }

  @Test
  void trainingMetricInBothMapsIsTheTrainingSidesAndValOfTheOther() {
    Map<String, Object> train = new HashMap<>();
    train.put("grad_norm", 1);
    train.put("batch_time_ms", null);

    logger.logEpoch(0, train, Map.of("grad_norm", 2, "batch_time_ms", 3));

    assertThat(rows().get(0).metrics())
        .isEqualTo(Map.of("grad_norm", 1.0, "val_grad_norm", 2.0, "batch_time_ms", 3.0));
  }

  @Test
  void twoKeysOfAnEpochThatBecomeOneColumnAreRefused() {
    assertThatThrownBy(() -> logger.logEpoch(0, Map.of("loss", 1, "train_loss", 2), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("become the column 'train_loss'");
    assertThat(rows()).isEmpty();
  }

  @Test
  void epochAfterEpochAndStepAfterStepShareTheirLayout() {
    for (int i = 0; i < 100; i++) {
      Map<String, Object> oneOrder = new LinkedHashMap<>();
      oneOrder.put("a", i);
      oneOrder.put("b", i);
      Map<String, Object> otherOrder = new LinkedHashMap<>();
      otherOrder.put("b", i);
      otherOrder.put("a", i);
      logger.logStep(0, i, i % 2 == 0 ? oneOrder : otherOrder);
      logger.logStep(0, i, Map.of("b", i));
    }

    List<JournalRows.Row> rows = rows();
    assertThat(rows).hasSize(200);
    for (int i = 0; i < 100; i++) {
      assertThat(rows.get(2 * i).metrics()).isEqualTo(Map.of("a", (double) i, "b", (double) i));
      assertThat(rows.get(2 * i + 1).metrics()).isEqualTo(Map.of("b", (double) i));
    }
    assertThat(new TreeMap<>(layouts())).hasSize(1);
  }

  /** How many rows each layout has. */
  private Map<Integer, Integer> layouts() {
    Map<Integer, Integer> layouts = new HashMap<>();
    try (EventLogReader reader = EventLog.openReadOnly(directory.resolve("store"));
        Tailer tailer = reader.tailer().types(BuiltinTypes.METRICS_LOGGED.id()).open()) {
      tailer.poll(
          event -> layouts.merge(event.buffer().getInt(event.payloadOffset()), 1, Integer::sum),
          Integer.MAX_VALUE);
    }
    return layouts;
  }

  @Test
  void typeOfAValueMayChangeFromRowToRow() {
    logger.logStep(0, 0, Map.of("x", 1));
    logger.logStep(0, 1, Map.of("x", "one"));
    logger.logStep(0, 2, Map.of("x", true));

    assertThat(rows().stream().map(row -> row.metrics().get("x")))
        .containsExactly(1.0, "one", true);
  }

  static List<Object> notMetrics() {
    return List.of(
        new double[] {1},
        new float[][] {{1}},
        (Object) new int[0],
        List.of(1, 2),
        Map.of("a", 1),
        FloatBuffer.allocate(1),
        IntStream.of(1),
        Instant.EPOCH,
        new Object());
  }

  @ParameterizedTest
  @MethodSource("notMetrics")
  void whatIsNoSingleValueIsRefusedWithAPointerToCheckpoints(Object value) {
    assertThatThrownBy(() -> logger.logStep(0, 0, Map.of("weights", value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Metric 'weights'")
        .hasMessageContaining("checkpoints");
    assertThat(rows()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"seq", "run_id", "attempt", "kind", "ts", "epoch", "step", "timestamp", "SEQ"})
  void namesOfColumnsThatEveryRowHasAreRefused(String name) {
    assertThatThrownBy(() -> logger.logStep(0, 0, Map.of("loss", 1, name, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot be called '" + name + "'");
    assertThatThrownBy(() -> logger.row(MetricLayout.builder().doubles("loss", name).build()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(rows()).isEmpty();
  }

  @Test
  void namesMayHaveSlashesDotsAndAnyLetters() {
    Map<String, Object> metrics = new HashMap<>();
    for (String name : List.of("layer/0/weight.norm", "loss %", "ошибка", "損失", "a\"b'c", "🙂")) {
      metrics.put(name, 1.0);
    }

    assertThat(stored(metrics)).isEqualTo(metrics);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\nb", "nul\0", "\u007f", "\ud800"})
  void namesThatAreNoNamesAreRefused(String name) {
    assertThatThrownBy(() -> logger.logStep(0, 0, Map.of(name, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("metric column");
    assertThat(rows()).isEmpty();
  }

  @Test
  void nullAndLongNamesAreRefused() {
    assertThatThrownBy(() -> logger.logStep(0, 0, Collections.singletonMap(null, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("null");
    assertThatThrownBy(() -> logger.logStep(0, 0, Map.of("n".repeat(201), 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("201");
    assertThatThrownBy(() -> logger.logEpoch(0, Map.of("n".repeat(200), 1), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("206");
  }

  private static Map<String, Object> numbered(int from, int to) {
    Map<String, Object> metrics = new HashMap<>();
    for (int i = from; i < to; i++) {
      metrics.put("metric_" + i, i);
    }
    return metrics;
  }

  @Test
  void tenThousandColumnsAreRefusedAtOnceAndOneByOne() {
    assertThatThrownBy(() -> logger.logStep(0, 0, numbered(0, 10_000)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 4073 different metrics")
        .hasMessageContaining("10000")
        .hasMessageContaining("checkpoints");
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 10_000; i += 100) {
                logger.logStep(0, i, numbered(i, i + 100));
              }
            })
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 4073 different metrics")
        .hasMessageContaining("4100");

    assertThat(logger.logStep(1, 0, Map.of("metric_0", 1))).isTrue();
    List<JournalRows.Row> rows = rows();
    assertThat(rows).hasSize(41);
    assertThat(rows.get(40).metrics()).isEqualTo(Map.of("metric_0", 1.0));
  }

  @Test
  void asManyColumnsAsATableHasAreTaken() {
    Map<String, Object> metrics = numbered(0, ColumnLimits.MAX_METRICS);

    assertThat(stored(metrics)).hasSize(ColumnLimits.MAX_METRICS);
  }

  @Test
  void namesThatKeepChangingAreStoppedBeforeTheStoreIsFull() {
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 10_000; i++) {
                logger.logStep(0, i, Map.of("loss_of_step_" + i, i));
              }
            })
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1024 different sets of metric names");

    assertThat(logger.logStep(0, 0, Map.of("loss_of_step_3", 1))).isTrue();
    assertThat(logger.step(0, 0).trainLoss(1).log()).isTrue();
    assertThat(rows()).hasSize(1_026);
  }

  @Test
  void subsetsOfAWideRowUseItsLayoutWhenTheLoggerHasUsedManySets() {
    Map<String, Object> wide = numbered(0, 14);
    logger.logStep(0, 0, wide);
    List<String> names = new ArrayList<>(wide.keySet());
    int subsets = 1 << 14;
    for (int bits = 0; bits < subsets; bits++) {
      Map<String, Object> subset = new HashMap<>();
      for (int i = 0; i < 14; i++) {
        if ((bits >> i & 1) != 0) {
          subset.put(names.get(i), bits);
        }
      }
      while (!logger.logStep(0, bits, subset)) {
        Thread.onSpinWait();
      }
    }

    List<JournalRows.Row> rows = rows();
    assertThat(rows).hasSize(subsets + 1);
    for (int bits = 0; bits < subsets; bits++) {
      assertThat(rows.get(bits + 1).metrics()).hasSize(Integer.bitCount(bits));
    }
    assertThat(layouts()).hasSizeLessThanOrEqualTo(ColumnLimits.MAX_LAYOUTS);
  }

  @Test
  void textsThatKeepChangingAreRefusedBeforeTheStoreIsFull() {
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 10_000; i++) {
                logger.logStep(0, i, Map.of("name", "text " + i));
              }
            })
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Metric 'name'")
        .hasMessageContaining("4096");
    assertThatThrownBy(() -> logger.step(0, 0).backend("another"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(logger.step(0, 0).backend("text 5").log()).isTrue();
    assertThat(rows()).hasSize(ColumnLimits.MAX_TEXTS + 1);
  }

  @Test
  void longTextsAreRefused() {
    assertThat(logger.logStep(0, 0, Map.of("text", "x".repeat(1_024)))).isTrue();
    assertThatThrownBy(() -> logger.logStep(0, 0, Map.of("text", "ä".repeat(513))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1026 bytes");
    assertThatThrownBy(() -> logger.step(0, 0).backend("x".repeat(2_000)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(rows()).hasSize(1);
  }

  @Test
  void failedRowLeavesNothingForTheNext() {
    Map<String, Object> metrics = new LinkedHashMap<>();
    metrics.put("a", 1);
    metrics.put("b", Arrays.asList(1, 2));
    assertThatThrownBy(() -> logger.logStep(0, 0, metrics))
        .isInstanceOf(IllegalArgumentException.class);

    logger.logStep(0, 1, Map.of("c", 3));

    assertThat(rows().get(0).metrics()).isEqualTo(Map.of("c", 3.0));
  }
}
