// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.at;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.LogOption;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.RingfoldException;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricsLogged.Kind;
import dev.ringfold.projections.ProjectionRunner;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.query.TableSession;
import dev.ringfold.replay.transfer.JournalRows;
import dev.ringfold.replay.transfer.RowFilter;
import dev.ringfold.writers.checkpoint.CheckpointNotFoundException;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.QuantumStore;
import dev.ringfold.writers.checkpoint.quantum.SavedState;
import dev.ringfold.writers.checkpoint.quantum.StatePolicy;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store as it was. */
final class StoreViewTest {
  private static final MetricLayout LAYOUT = MetricLayout.builder().doubles("loss").build();
  private static final double HALF = Math.sqrt(0.5);

  @TempDir private Path folder;

  private EventLog open() {
    return EventLog.builder(folder.resolve("store"))
        .environment(Map.of())
        .register(Noted.TYPE)
        .set(LogOption.RING_SLOTS, 1024)
        .set(LogOption.SEGMENT_BYTES, 1 << 20)
        .build();
  }

  private Path store() {
    return folder.resolve("store");
  }

  /** Steps of one run; returns the sequence of the last row. */
  private static long rows(EventLog log, int from, int to) {
    try (Producer producer = log.producer("trainer")) {
      MetricsRow row = producer.metrics(log.stream("run-1"), LAYOUT);
      for (int step = from; step < to; step++) {
        row.begin(Kind.STEP, 0, 0, step, 1_000L + step);
        row.set(0, 1.0 / (step + 1))
            .append(AckLevel.JOURNAL, dev.ringfold.AppendOptions.NONE)
            .join();
      }
      return producer
          .appendAndAwait(log.stream("notes"), new Noted(to), AckLevel.JOURNAL)
          .lastSequence();
    }
  }

  private void fold(Path outputs, long upTo) throws IOException {
    try (EventLogReader log = EventLogReader.open(store(), Noted.types())) {
      ProjectionRunner.fold(
          log, MetricTables.metrics(), outputs, folder.resolve("snapshots"), upTo);
      ProjectionRunner.fold(log, MetricTables.ledger(), outputs, folder.resolve("snapshots"), upTo);
    }
  }

  private static List<Object> first(StoreView view, String sql) throws IOException {
    List<List<Object>> rows = new ArrayList<>();
    view.query(
        sql,
        new TableSession.Rows() {
          @Override
          public void begin(List<String> names, List<String> types) {
            assertThat(names).isNotEmpty();
          }

          @Override
          public boolean row(List<Object> values) {
            rows.add(values);
            return true;
          }
        });
    return rows.get(0);
  }

  @Test
  void sqlSeesTheSameRowsWithATableWithoutOneAndBehindIts() throws IOException {
    try (EventLog log = open()) {
      rows(log, 0, 60);
    }
    Path part = folder.resolve("part");
    fold(part, 30);
    fold(store().resolve("outputs"), Long.MAX_VALUE);

    try (EventLogReader log = EventLogReader.open(store(), Noted.types())) {
      for (long sequence : new long[] {0, 5, 29, 30, 31, 45, 58}) {
        long expected = rowsUpTo(log, sequence);
        for (Path outputs :
            List.of(store().resolve("outputs"), part, folder.resolve("no outputs at all"))) {
          try (StoreView view = StoreView.at(log, outputs, new Point.Sequence(sequence))) {
            List<Object> row = first(view, "select count(*), max(step), max(seq) from metrics");
            assertThat(row.get(0)).as("at %s in %s", sequence, outputs).isEqualTo(expected);
            assertThat(row.get(1)).isEqualTo(expected == 0 ? TableSession.NULL : expected - 1);
            assertThat(first(view, "select count(*) from latest").get(0)).isEqualTo(expected);
            assertThat(view.metricsHash()).isEqualTo(journalHash(log, sequence));
          }
        }
      }
    }
  }

  private static long rowsUpTo(EventLogReader log, long sequence) throws IOException {
    long[] count = new long[1];
    JournalRows.of(log, 0, sequence, List.of())
        .forEach(
            RowFilter.ALL,
            row -> {
              count[0]++;
              return true;
            });
    return count[0];
  }

  private static String journalHash(EventLogReader log, long sequence) throws IOException {
    JournalRows rows = JournalRows.of(log, 0, sequence, List.of());
    MetricsHash hash = new MetricsHash(rows.columns());
    rows.forEach(
        RowFilter.ALL,
        row -> {
          hash.add(row);
          return true;
        });
    return hash.hash();
  }

  @Test
  void theStoreIsNotTouched() throws IOException {
    try (EventLog log = open()) {
      rows(log, 0, 300);
    }
    fold(store().resolve("outputs"), Long.MAX_VALUE);
    Map<String, Object> before = tree();

    try (StoreView view = StoreView.at(store(), Noted.types(), new Point.Sequence(100))) {
      assertThat(first(view, "select count(*) from metrics").get(0)).isNotEqualTo(0L);
      assertThat(view.checkpoints().list()).isEmpty();
      assertThat(view.states().list()).isEmpty();
      try (PastProjection<NotedTotal> total = view.projection(new NotedTotal())) {
        assertThat(total.projection().count()).isZero();
      }
    }

    assertThat(tree()).isEqualTo(before);
  }

  private Map<String, Object> tree() throws IOException {
    Map<String, Object> tree = new TreeMap<>();
    try (Stream<Path> files = Files.walk(store())) {
      for (Path file : files.toList()) {
        boolean lease = file.toString().contains("leases");
        if (Files.isRegularFile(file) && !lease) {
          tree.put(file.toString(), Files.size(file) + " " + Files.getLastModifiedTime(file));
        }
      }
    }
    return tree;
  }

  @Test
  void whatIsWrittenLaterIsNotSeen() throws IOException {
    try (EventLog log = open()) {
      long then = rows(log, 0, 10);
      try (StoreView view = StoreView.at(log, new Point.End())) {
        rows(log, 10, 20);

        assertThat(view.sequence()).isEqualTo(then);
        assertThat(first(view, "select count(*) from metrics").get(0)).isEqualTo(10L);
        assertThat(view.time()).isPresent();
        try (PastProjection<NotedTotal> total = view.projection(new NotedTotal())) {
          assertThat(total.projection().sum()).isEqualTo(10);
          assertThat(total.foldedFrom()).isEqualTo(-1);
        }
      }
      try (StoreView now = StoreView.at(log, new Point.End())) {
        assertThat(first(now, "select count(*) from metrics").get(0)).isEqualTo(20L);
      }
    }
  }

  @Test
  void aProjectionIsFoldedFromTheNewestSnapshotThatIsNotLater() throws IOException {
    long last;
    try (EventLog log = open();
        Producer producer = log.producer("p")) {
      for (int i = 0; i < 5 * NotedTotal.SNAPSHOT_EVENTS; i++) {
        producer.appendAndAwait(log.stream("notes"), new Noted(i), AckLevel.JOURNAL);
      }
      last = log.lastSequence();
    }
    try (EventLogReader log = EventLogReader.open(store(), Noted.types())) {
      ProjectionRunner.fold(
          log,
          new NotedTotal(),
          folder.resolve("other"),
          store().resolve("snapshots"),
          Long.MAX_VALUE);
      for (long sequence = 20; sequence <= last; sequence += 60) {
        try (StoreView view = StoreView.at(log, new Point.Sequence(sequence));
            PastProjection<NotedTotal> past = view.projection(new NotedTotal())) {
          NotedTotal whole = new NotedTotal();
          ProjectionRunner.fold(
              log,
              whole,
              folder.resolve("scratch" + sequence),
              folder.resolve("scratch" + sequence),
              sequence);
          assertThat(past.projection().count()).isEqualTo(whole.count());
          assertThat(past.projection().sum()).isEqualTo(whole.sum());
          assertThat(past.foldedFrom()).isLessThanOrEqualTo(sequence);
          if (sequence > 4L * NotedTotal.SNAPSHOT_EVENTS) {
            assertThat(past.foldedFrom()).isGreaterThan(sequence - NotedTotal.SNAPSHOT_EVENTS - 10);
          }
        }
      }
    }
  }

  @Test
  void checkpointsAreAsTheyWereAndTellWhenTheirBytesAreGone() throws IOException {
    List<List<CheckpointSummary>> lists = new ArrayList<>();
    List<Long> places = new ArrayList<>();
    try (Checkpoints checkpoints = Checkpoints.builder(store()).keepLast(2).open()) {
      for (int epoch = 1; epoch <= 5; epoch++) {
        float[] weights = {epoch, -epoch};
        checkpoints.save(epoch, Map.of("w", Tensor.of(weights, 2)), Map.of(), Map.of()).await();
        if (epoch == 2) {
          long sequence = checkpoints.list().get(0).sequence();
          checkpoints.label(sequence, "best");
        }
        lists.add(
            settled(checkpoints, Math.min(epoch, 3))); // The two newest, and the labelled one.
        places.add(checkpoints.log().lastSequence());
      }
      checkpoints.label(checkpoints.list().get(0).sequence(), "");
      checkpoints.gc();
    }
    for (int i = 0; i < places.size(); i++) {
      try (StoreView view = StoreView.at(store(), new Point.Sequence(places.get(i)))) {
        assertThat(view.checkpoints().list()).isEqualTo(lists.get(i));
        assertThat(view.checkpointsHash()).isEqualTo(Fingerprints.checkpoints(lists.get(i)));
      }
    }
    try (StoreView now = StoreView.at(store(), new Point.End())) {
      assertThat(now.checkpoints().latest().tensor("w").toFloats()).containsExactly(5, -5);
    }
    try (StoreView then = StoreView.at(store(), new Point.Sequence(places.get(2)))) {
      assertThat(then.checkpoints().list()).hasSizeGreaterThan(1);
      CheckpointSummary gone = then.checkpoints().latestSummary().orElseThrow();
      assertThat(then.checkpoints().isStored(gone)).isFalse();
      assertThatThrownBy(() -> then.checkpoints().latest())
          .isInstanceOf(CheckpointNotFoundException.class)
          .hasMessageContaining("was given up");
    }
  }

  /** What is given up for a new checkpoint goes a moment after it was saved. */
  private static List<CheckpointSummary> settled(Checkpoints checkpoints, int count) {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (checkpoints.list().size() != count) {
      assertThat(System.nanoTime()).as("waited for %s checkpoints", count).isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
    return checkpoints.list();
  }

  @Test
  void placesCanBeEpochsLabelsAndTimes() throws IOException {
    long second;
    try (Checkpoints checkpoints = Checkpoints.builder(store()).open()) {
      for (int epoch = 1; epoch <= 3; epoch++) {
        float[] weights = {epoch};
        checkpoints.save(epoch, Map.of("w", Tensor.of(weights, 1)), Map.of(), Map.of()).await();
      }
      second = checkpoints.list().get(1).sequence();
      checkpoints.label(second, "best");
    }
    for (String text : List.of("epoch:2", "label:best", Long.toString(second))) {
      try (StoreView view = StoreView.at(store(), Point.parse(text))) {
        assertThat(view.sequence()).isEqualTo(second);
        assertThat(view.checkpoints().latest().epoch()).isEqualTo(2);
        // The label came later.
        assertThat(view.checkpoints().latest().label()).isEmpty();
      }
    }
    try (StoreView early = StoreView.at(store(), Point.parse("2001-01-01"))) {
      assertThat(early.sequence()).isEqualTo(-1);
      assertThat(early.time()).isEmpty();
      assertThat(early.checkpoints().list()).isEmpty();
      assertThat(first(early, "select count(*) from metrics").get(0)).isEqualTo(0L);
    }
    assertThatThrownBy(() -> StoreView.at(store(), Point.parse("999999")).close())
        .isInstanceOf(RingfoldException.class)
        .hasMessageContaining("999999");
  }

  @Test
  void statesAreAsTheyWere() throws IOException {
    List<List<SavedState>> lists = new ArrayList<>();
    List<Long> places = new ArrayList<>();
    try (QuantumStore states = QuantumStore.builder(store()).policy(StatePolicy.RAW).open()) {
      for (String id : List.of("a", "b", "a")) {
        states.save(bell(id)).join();
        lists.add(states.list());
        places.add(states.log().lastSequence());
      }
      states.remove("b", "not needed");
      lists.add(states.list());
      places.add(states.log().lastSequence());
    }
    for (int i = 0; i < places.size(); i++) {
      try (StoreView view = StoreView.at(store(), new Point.Sequence(places.get(i)))) {
        assertThat(view.states().list()).isEqualTo(lists.get(i));
      }
    }
    try (StoreView first = StoreView.at(store(), new Point.Sequence(places.get(0)))) {
      assertThat(first.states().load("a").vector()).containsExactly(HALF, 0, 0, 0, 0, 0, HALF, 0);
      assertThat(first.statesHash()).isNotEqualTo(hashAt(places.get(1)));
    }
  }

  private String hashAt(long sequence) {
    try (StoreView view = StoreView.at(store(), new Point.Sequence(sequence))) {
      return view.statesHash();
    }
  }

  private static QuantumState bell(String id) {
    return QuantumState.builder(id, 2)
        .vector(new double[] {HALF, 0, 0, 0, 0, 0, HALF, 0})
        .timestamp(java.time.Instant.parse("2026-11-20T10:00:00Z"))
        .build();
  }
}
