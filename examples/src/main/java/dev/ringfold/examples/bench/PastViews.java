// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.EventLog;
import dev.ringfold.projections.index.EventIndex;
import dev.ringfold.replay.LogEnd;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.at.StoreView;
import dev.ringfold.replay.query.TableSession;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.parquet.MetricTables;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** How long it takes to see a store as it was at a random sequence. */
final class PastViews {
  private static final String QUESTION = "select count(*), max(step) from metrics";

  /** Views that only compile the code. */
  private static final int UNCOUNTED = 5;

  private final Path store;
  private final Statement plain;
  private final List<Long> checkpoints;
  private final long[] all;
  private final long[] sql;
  private final long[] list;
  private final long[] projection;

  private PastViews(Path store, Statement plain, List<Long> checkpoints, int views) {
    this.store = store;
    this.plain = plain;
    this.checkpoints = checkpoints;
    this.all = new long[views];
    this.sql = new long[views];
    this.list = new long[views];
    this.projection = new long[views];
  }

  /**
   * Arguments: seed, rows, checkpoints, views. Figures: p50 and max of a view with both answers,
   * sqlNanos, listNanos and projectionNanos of its parts, medians; a user's projection is not in
   * p50. Every answer is compared with what plain DuckDB says of the table, and with the sequences
   * of the checkpoints.
   */
  static Figures run(ReplayKind kind, Path directory, Call call) throws Exception {
    Path store = directory.resolve(kind.label());
    try (EventLog log = ReplayStore.open(store)) {
      ReplayStore.fill(log, call);
    }
    ReplayStore.fold(store, MetricTables.metrics());
    ReplayStore.fold(store, EventIndex.projection());
    ReplayStore.fold(store, new RowCount());
    List<Long> checkpoints;
    long last;
    try (StoreView end = StoreView.at(store, new Point.End())) {
      checkpoints = end.checkpoints().list().stream().map(CheckpointSummary::sequence).toList();
      last = LogEnd.of(end.log()).lastSequence();
    }
    SplittableRandom random = new SplittableRandom(call.get("seed"));
    int views = call.getInt("views");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement plain = connection.createStatement()) {
      PastViews measured = new PastViews(store, plain, checkpoints, views);
      for (int i = -UNCOUNTED; i < views; i++) {
        measured.look(Math.max(0, i), random.nextLong(last + 1));
      }
      return measured.figures();
    }
  }

  private void look(int view, long sequence) throws Exception {
    long start = System.nanoTime();
    try (StoreView past = StoreView.at(store, new Point.Sequence(sequence))) {
      Answer answer = new Answer();
      past.query(QUESTION, answer);
      long answered = System.nanoTime();
      int count = past.checkpoints().list().size();
      long listed = System.nanoTime();
      all[view] = listed - start;
      sql[view] = answered - start;
      list[view] = listed - answered;
      verify(sequence, answer.values, count);
    }
    try (StoreView past = StoreView.at(store, new Point.Sequence(sequence))) {
      start = System.nanoTime();
      try (var counted = past.projection(new RowCount())) {
        projection[view] = System.nanoTime() - start;
        if (counted.projection().rows() != rows(sequence)) {
          throw new Checker.VerificationException("wrong projection at " + sequence);
        }
      }
    }
  }

  /** The one row that is asked for. */
  private static final class Answer implements TableSession.Rows {
    private List<Object> values = List.of();

    @Override
    public void begin(List<String> names, List<String> types) {
      values = List.of();
    }

    @Override
    public boolean row(List<Object> row) {
      values = row;
      return false;
    }
  }

  private void verify(long sequence, List<Object> answer, int count) throws Exception {
    long expected = rows(sequence);
    long saved = checkpoints.stream().filter(one -> one <= sequence).count();
    if (answer.isEmpty() || ((Number) answer.get(0)).longValue() != expected || count != saved) {
      throw new Checker.VerificationException(
          "at "
              + sequence
              + " expected "
              + expected
              + " rows and "
              + saved
              + " checkpoints, found "
              + answer
              + " and "
              + count);
    }
  }

  private long rows(long sequence) throws Exception {
    String source = MetricStore.source(MetricStore.outputs(store));
    try (ResultSet rows =
        plain.executeQuery("select count(*) from " + source + " where seq <= " + sequence)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private Figures figures() {
    return new Figures()
        .put("p50", median(all))
        .put("max", Arrays.stream(all).max().orElseThrow())
        .put("sqlNanos", median(sql))
        .put("listNanos", median(list))
        .put("projectionNanos", median(projection));
  }

  private static long median(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
