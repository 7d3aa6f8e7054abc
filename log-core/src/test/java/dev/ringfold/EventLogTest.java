// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.LedgerMark;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricsLogged;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogTest {
  private static final MetricLayout LAYOUT =
      MetricLayout.builder().doubles("loss", "accuracy").build();

  @TempDir Path directory;

  private EventLogBuilder builder() {
    return EventLog.builder(directory.resolve("store"))
        .environment(Map.of())
        .set(LogOption.RING_SLOTS, 4096);
  }

  private static boolean offer(Producer producer, Stream stream, int step) {
    MetricsRow row = producer.metrics(stream, LAYOUT);
    return row.begin(0, step).set(0, step * 0.5).set(1, -0.0).offer();
  }

  private static List<Long> steps(Tailer.Builder tailers) {
    List<Long> steps = new ArrayList<>();
    try (Tailer tailer = tailers.types(BuiltinTypes.METRICS_LOGGED.id()).open()) {
      tailer.poll(
          event -> steps.add(((MetricsLogged) tailer.decode(event)).step()), Integer.MAX_VALUE);
    }
    return steps;
  }

  @Test
  void whatWasOfferedIsReadBackInOrderAfterAReopen() {
    try (EventLog log = builder().build();
        Producer producer = log.producer("trainer")) {
      Stream run = log.stream("run-1");
      for (int step = 0; step < 1_000; step++) {
        assertThat(offer(producer, run, step)).isTrue();
      }
    }

    try (EventLog log = builder().build()) {
      List<Long> steps = steps(log.tailer());

      assertThat(steps).hasSize(1_000).isSorted().startsWith(0L).endsWith(999L);
      assertThat(log.durableSequence()).isEqualTo(log.lastSequence());
    }
  }

  @Test
  void diskAcknowledgedEventsHaveASequenceAtOrBelowTheDurableOne() {
    try (EventLog log = builder().build();
        Producer producer = log.producer("agent")) {
      MetricsLogged event =
          MetricsLogged.complete(0, MetricsLogged.Kind.STEP, 0, 0, 1, new long[0]);

      Receipt receipt = producer.appendAndAwait(log.stream("s"), event, AckLevel.DISK);

      assertThat(receipt.firstSequence()).isLessThanOrEqualTo(log.durableSequence());
      assertThat(receipt.count()).isEqualTo(1);
    }
  }

  @Test
  void closingMarksBalanceForEveryProducer() {
    try (EventLog log = builder().build();
        Producer producer = log.producer("trainer")) {
      Stream run = log.stream("run-1");
      for (int step = 0; step < 100; step++) {
        offer(producer, run, step);
      }
    }

    List<LedgerMark> closing = new ArrayList<>();
    try (EventLogReader reader = EventLog.openReadOnly(directory.resolve("store"));
        Tailer tailer = reader.tailer().types(BuiltinTypes.LEDGER_MARK.id()).open()) {
      tailer.poll(
          event -> {
            LedgerMark mark = (LedgerMark) tailer.decode(event);
            if (mark.closing()) {
              closing.add(mark);
            }
          },
          Integer.MAX_VALUE);
    }

    assertThat(closing).hasSize(1);
    assertThat(closing.get(0).offered()).isEqualTo(100);
    assertThat(closing.get(0).stored() + closing.get(0).dropped()).isEqualTo(100);
  }

  @Test
  void anAppendedRowForgetsTheColumnsOfTheRowBefore() throws Exception {
    try (EventLog log = builder().build();
        Producer producer = log.producer("trainer")) {
      MetricsRow row = producer.metrics(log.stream("run"), LAYOUT);
      row.begin(0, 1).set(0, 0.5).set(1, 0.25).offer();

      AppendOutcome outcome =
          row.begin(0, 2).set(1, 0.75).append(AckLevel.JOURNAL, AppendOptions.NONE).get();

      List<MetricsLogged> rows = new ArrayList<>();
      try (Tailer tailer = log.tailer().fromSequence(outcome.receipt().firstSequence()).open()) {
        tailer.poll(event -> rows.add((MetricsLogged) tailer.decode(event)), 1);
      }
      assertThat(rows).hasSize(1);
      assertThat(rows.get(0).present(0)).isFalse();
      assertThat(rows.get(0).doubleAt(1)).isEqualTo(0.75);
    }
  }
}
