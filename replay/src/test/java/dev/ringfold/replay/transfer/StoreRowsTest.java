// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.LogOption;
import dev.ringfold.Producer;
import dev.ringfold.Retention;
import dev.ringfold.RetentionRule;
import dev.ringfold.SegmentRetiredException;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.projections.ProjectionRunner;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.at.StoreView;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.MetricTables;
import dev.ringfold.writers.parquet.TableOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows out of a journal that retention shortens, and out of the table that may have the rest. */
final class StoreRowsTest {
  private static final MetricLayout LAYOUT = MetricLayout.builder().doubles("loss").build();
  private static final int ROWS = 20;

  @TempDir private Path folder;

  /** The sequences of all rows of three segments. */
  private List<Long> create(Path store) throws IOException {
    for (int session = 0; session < 3; session++) {
      try (EventLog log = open(store);
          Producer producer = log.producer("trainer")) {
        var row = producer.metrics(log.stream("run-1"), LAYOUT);
        for (int step = 0; step < ROWS; step++) {
          row.begin(session, step).set(0, 0.5).append(AckLevel.JOURNAL, AppendOptions.NONE).join();
        }
      }
    }
    try (EventLogReader log = read(store)) {
      return sequences(StoreRows.of(log, folder.resolve("none"), Long.MAX_VALUE));
    }
  }

  private static EventLog open(Path store) {
    return EventLog.builder(store)
        .environment(Map.of())
        .set(LogOption.RING_SLOTS, 1024)
        .set(LogOption.SEGMENT_BYTES, 1 << 20)
        .build();
  }

  private static EventLogReader read(Path store) {
    return EventLogReader.open(store, EventTypes.builtin());
  }

  private static List<Long> sequences(RowSource rows) throws IOException {
    List<Long> sequences = new ArrayList<>();
    rows.forEach(RowFilter.ALL, row -> sequences.add(row.sequence()));
    return sequences;
  }

  private Path fold(Path store, long upTo) throws IOException {
    Path outputs = folder.resolve("outputs of " + store.getFileName() + " to " + upTo);
    try (EventLogReader log = read(store)) {
      ProjectionRunner.fold(
          log, MetricTables.metrics(), outputs, folder.resolve("snapshots" + upTo), upTo);
    }
    return outputs;
  }

  /** Deletes the first two segments, or as many as end before the sequence; the floor. */
  private static long retire(Path store, long before) {
    try (EventLog log = open(store)) {
      Retention retention = log.retention();
      retention.apply(retention.plan(new RetentionRule.BeforeSequence(before)));
      assertThat(log.floorSequence()).isPositive();
      return log.floorSequence();
    }
  }

  @Test
  void rowsThatRetentionTakesAwayMeanwhileComeFromTheTable() throws IOException {
    Path store = folder.resolve("store");
    List<Long> all = create(store);
    Path outputs = fold(store, Long.MAX_VALUE);
    long floor = retire(store, all.get(2 * ROWS));

    try (EventLogReader log = read(store)) {
      long[] asked = {0};
      LongSupplier movesOnce = () -> asked[0]++ == 0 ? 0 : floor;
      StoreRows rows = StoreRows.of(log, movesOnce, outputs, Long.MAX_VALUE);

      assertThat(sequences(rows)).isEqualTo(all);
      assertThat(rows.missingBelow()).isZero();
      assertThat(asked[0]).isEqualTo(2);
      assertThatThrownBy(() -> StoreRows.of(log, () -> 0, outputs, Long.MAX_VALUE))
          .isInstanceOf(SegmentRetiredException.class);
    }
  }

  @Test
  void theJournalsRowsDoNotBeginLaterThanAsked() throws IOException {
    Path store = folder.resolve("store");
    List<Long> all = create(store);
    long floor = retire(store, all.get(2 * ROWS));

    try (EventLogReader log = read(store)) {
      assertThatThrownBy(() -> JournalRows.of(log, 0, Long.MAX_VALUE, List.of()))
          .isInstanceOf(SegmentRetiredException.class);
      assertThat(sequences(JournalRows.of(log, floor, Long.MAX_VALUE, List.of())))
          .isEqualTo(all.stream().filter(sequence -> sequence >= floor).toList());
    }
  }

  @Test
  void aTableThatEndsBelowTheFloorLeavesAGapThatIsTold() throws IOException {
    Path store = folder.resolve("store");
    List<Long> all = create(store);
    long tableEnd = all.get(ROWS / 2);
    Path outputs = fold(store, tableEnd);
    long floor = retire(store, all.get(2 * ROWS));
    List<Long> left = all.stream().filter(one -> one <= tableEnd || one >= floor).toList();

    try (EventLogReader log = read(store);
        StoreView view = StoreView.at(log, outputs, new Point.End())) {
      for (StoreRows rows :
          List.of(
              StoreRows.of(log, outputs, Long.MAX_VALUE),
              StoreRows.ofTable(log, outputs, Long.MAX_VALUE))) {
        assertThat(rows.missingBelow()).isEqualTo(floor);
        assertThat(sequences(rows)).isEqualTo(left).hasSizeLessThan(all.size());
      }
      assertThat(view.metricsMissingBelow()).isEqualTo(floor);
      assertThat(sequences(view.metrics())).isEqualTo(left);
    }
  }

  @Test
  void theTableOfAnotherStoreDoesNotCount() throws IOException {
    Path store = folder.resolve("store");
    List<Long> all = create(store);
    Path other = folder.resolve("other");
    TableOptions options = TableOptions.defaults().withPartRows(1);
    Event configured = MetricTables.configuration(other.resolve("outputs"), options).orElseThrow();
    try (EventLog log = open(other);
        Producer producer = log.producer("setup")) {
      producer.appendAndAwait(log.stream(MetricTables.STREAM), configured, AckLevel.JOURNAL);
    }
    create(other);
    Path outputs = fold(other, Long.MAX_VALUE);
    assertThat(MetricTable.open(MetricTables.metricsTable(outputs)).storeId())
        .as("a table says whose it is with its first commit")
        .isPresent();
    long floor = retire(store, all.get(2 * ROWS));
    List<Long> left = all.stream().filter(sequence -> sequence >= floor).toList();

    try (EventLogReader log = read(store)) {
      for (StoreRows rows :
          List.of(
              StoreRows.of(log, outputs, Long.MAX_VALUE),
              StoreRows.ofTable(log, outputs, Long.MAX_VALUE))) {
        assertThat(sequences(rows)).isEqualTo(left);
        assertThat(rows.missingBelow()).isEqualTo(floor);
      }
    }
  }
}
