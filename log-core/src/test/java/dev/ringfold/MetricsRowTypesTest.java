// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import dev.ringfold.event.MetricsLogged;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A row takes what its columns hold and nothing else. */
class MetricsRowTypesTest {
  private static final MetricLayout LAYOUT =
      MetricLayout.builder()
          .column("loss", MetricType.DOUBLE)
          .column("count", MetricType.LONG)
          .column("warm", MetricType.BOOLEAN)
          .column("backend", MetricType.STRING)
          .build();

  @TempDir private Path directory;

  @Test
  void aWholeNumberInADoubleColumnIsThatNumber() {
    List<MetricsLogged> rows = new ArrayList<>();
    try (EventLog log = EventLog.open(directory.resolve("log"));
        Producer producer = log.producer("p")) {
      assertThat(producer.metrics(log.stream("run"), LAYOUT).begin(0, 0).set(0, 3).offer())
          .isTrue();
      try (Tailer tailer = log.tailer().types(BuiltinTypes.METRICS_LOGGED.id()).open()) {
        tailer.poll(e -> rows.add((MetricsLogged) tailer.decode(e)), 1, Duration.ofSeconds(10));
      }
    }

    assertThat(rows).hasSize(1);
    assertThat(rows.get(0).doubleAt(0)).isEqualTo(3.0);
  }

  @Test
  void aValueOfAnotherTypeIsRefusedWithTheColumnsName() {
    try (EventLog log = EventLog.open(directory.resolve("log"));
        Producer producer = log.producer("p")) {
      MetricsRow row = producer.metrics(log.stream("run"), LAYOUT).begin(0, 0);

      refused(() -> row.set(1, 0.5), "'count' is LONG, not a double");
      refused(() -> row.set(2, 1), "'warm' is BOOLEAN, not a long");
      refused(() -> row.set(0, true), "'loss' is DOUBLE, not a boolean");
      refused(() -> row.set(1, "x"), "'count' is LONG, not a String");
      refused(() -> row.set(3, 1.0), "'backend' is STRING, not a double");
    }
  }

  private static void refused(Runnable call, String text) {
    assertThatThrownBy(call::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text);
  }
}
