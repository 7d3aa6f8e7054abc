// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.at;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.Producer;
import dev.ringfold.event.Event;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricsLogged.Kind;
import dev.ringfold.event.RunClosed;
import dev.ringfold.projections.DeadLetters;
import dev.ringfold.projections.FailurePolicy;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.replay.LogEnd;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.query.TableSession;
import dev.ringfold.replay.transfer.JournalRows;
import dev.ringfold.replay.transfer.RowFilter;
import dev.ringfold.writers.parquet.MetricTables;
import dev.ringfold.writers.parquet.TableOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The past of a table with rows that were put aside and taken later. */
@Timeout(120)
final class RetriedRowsViewTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final MetricLayout LAYOUT = MetricLayout.builder().doubles("loss").build();

  @TempDir private Path folder;

  private EventLog log;
  private Producer producer;
  private ProjectionRuntime runtime;

  private void append(Event event) {
    long sequence =
        producer
            .appendAndAwait(log.stream(MetricTables.STREAM), event, AckLevel.DISK)
            .lastSequence();
    assertThat(runtime.awaitApplied(MetricTables.METRICS, sequence, PATIENCE)).isTrue();
  }

  private void configure(int maxColumns) throws IOException {
    TableOptions options = TableOptions.defaults().withMaxColumns(maxColumns);
    MetricTables.configuration(log.directory().resolve("outputs"), options).ifPresent(this::append);
  }

  private void rows(MetricLayout layout, int from, int to) {
    var row = producer.metrics(log.stream("run"), layout);
    for (int step = from; step < to; step++) {
      row.begin(Kind.STEP, 0, 0, step, 1_000L + step);
      row.set(0, 1.0).append(AckLevel.JOURNAL, AppendOptions.NONE).join();
    }
  }

  private void retry(long sequence) {
    runtime.retry(MetricTables.METRICS, sequence);
    assertThat(runtime.awaitApplied(MetricTables.METRICS, log.lastSequence(), PATIENCE)).isTrue();
  }

  /** Puts two rows aside; one becomes the last row of a part, the other the first of the next. */
  private void life(Path store, boolean compacted) throws IOException {
    String[] many = new String[TableOptions.MIN_COLUMNS];
    for (int i = 0; i < many.length; i++) {
      many[i] = "m" + i;
    }
    MetricLayout tooWide = MetricLayout.builder().doubles(many).build();
    log = EventLog.builder(store).environment(Map.of()).build();
    runtime =
        ProjectionRuntime.builder(log)
            .add(
                MetricTables.metrics(),
                new FailurePolicy.RetryThenDeadLetter(1, Duration.ofMillis(1)))
            .start();
    try (EventLog closing = log;
        ProjectionRuntime stopping = runtime;
        Producer released = log.producer("trainer")) {
      producer = released;
      assertThat(stopping.status()).hasSize(1);
      assertThat(closing.floorSequence()).isZero();
      configure(TableOptions.MIN_COLUMNS);
      rows(tooWide, 0, 2);
      append(new RunClosed(0));
      List<DeadLetters.DeadLetter> aside = DeadLetters.list(log);
      assertThat(aside).hasSize(2);
      configure(TableOptions.MAX_COLUMNS);
      rows(LAYOUT, 10, 40);
      retry(aside.get(0).sequence());
      append(new RunClosed(0));
      retry(aside.get(1).sequence());
      rows(LAYOUT, 40, 70);
      append(new RunClosed(0));
      if (compacted) {
        append(MetricTables.compaction(store.resolve("outputs")).orElseThrow());
      }
    }
  }

  private static void check(Path store) throws IOException {
    try (EventLogReader log = EventLog.openReadOnly(store)) {
      List<Long> expected = new ArrayList<>();
      List<Long> found = new ArrayList<>();
      long end = LogEnd.of(log).lastSequence();
      for (long sequence = 0; sequence <= end; sequence += sequence < 8 ? 1 : 6) {
        long[] rows = {0};
        JournalRows.of(log, 0, sequence, List.of()).forEach(RowFilter.ALL, row -> rows[0]++ >= 0);
        expected.add(rows[0]);
        try (StoreView view = StoreView.at(log, store.resolve("outputs"), sequence(sequence))) {
          view.query("select count(*) from metrics", counting(found));
        }
      }
      assertThat(found).isEqualTo(expected).contains(1L, 2L, 62L);
    }
  }

  private static Point sequence(long sequence) {
    return new Point.Sequence(sequence);
  }

  private static TableSession.Rows counting(List<Long> counts) {
    return new TableSession.Rows() {
      @Override
      public void begin(List<String> names, List<String> types) {
        assertThat(names).hasSize(1);
      }

      @Override
      public boolean row(List<Object> values) {
        counts.add((Long) values.get(0));
        return true;
      }
    };
  }

  @Test
  void partsThatBeginAndEndWithRetriedRowsShowEachRowFromItsSequenceOn() throws IOException {
    life(folder.resolve("store"), false);
    check(folder.resolve("store"));
  }

  @Test
  void compactionLeavesThePastAsItWas() throws IOException {
    life(folder.resolve("store"), true);
    check(folder.resolve("store"));
  }
}
