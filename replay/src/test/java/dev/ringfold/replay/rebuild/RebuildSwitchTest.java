// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.LogOption;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.RunClosed;
import dev.ringfold.projections.OutputGenerations;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.replay.query.QueryLimits;
import dev.ringfold.replay.query.StoreTables;
import dev.ringfold.replay.query.TableSession;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DuckDB asks all the time while outputs are exchanged. */
final class RebuildSwitchTest {
  private static final int SWITCHES = Integer.getInteger("ringfold.switches", 10);
  private static final int PARTS = 3;
  private static final int ROWS = 400;
  private static final long ALL = (long) PARTS * ROWS;
  private static final String SQL =
      "select count(*), count(distinct seq), sum(step)::bigint from metrics";
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path folder;

  private Path outputs;

  private static void publish(EventLog log) {
    try (Producer producer = log.producer("trainer")) {
      for (int part = 0; part < PARTS; part++) {
        MetricsRow row =
            producer.metrics(log.stream("run"), MetricLayout.builder().doubles("loss").build());
        for (int i = 0; i < ROWS; i++) {
          row.begin(0, part * ROWS + i).set(0, 1.0 / (i + 1));
          row.append(AckLevel.RING, dev.ringfold.AppendOptions.NONE);
        }
        producer.appendAndAwait(log.stream("run"), new RunClosed(part), AckLevel.DISK);
      }
    }
  }

  @Test
  void everyQuerySeesExactlyOneVersionAndNoneFails() throws Exception {
    Path store = folder.resolve("store");
    outputs = store.resolve("outputs");
    try (EventLog log =
            EventLog.builder(store)
                .environment(Map.of())
                .set(LogOption.RING_SLOTS, 4096)
                .set(LogOption.SEGMENT_BYTES, 1 << 20)
                .build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log).add(MetricTables::metrics).start()) {
      publish(log);
      assertThat(runtime.awaitApplied("metrics", log.lastSequence(), LONG)).isTrue();
      AtomicInteger switched = new AtomicInteger(current());
      AtomicBoolean stop = new AtomicBoolean();
      AtomicInteger queries = new AtomicInteger();
      List<String> wrong = new ArrayList<>();
      Thread asking = new Thread(() -> ask(stop, switched, queries, wrong), "asking");
      asking.start();
      try (TableSession before = session()) {
        for (int i = 0; i < SWITCHES; i++) {
          awaitOneMore(queries, asking);
          runtime.rebuild("metrics").get(60, TimeUnit.SECONDS);
          switched.set(current());
          if (i % 5 == 4) {
            runtime.rollBack("metrics");
            switched.set(current());
          }
        }
        // It began before the first switch, and ends on the old files.
        assertThat(answer(before)).containsExactly(ALL, ALL, ALL * (ALL - 1) / 2);
      } finally {
        stop.set(true);
        asking.join();
      }
      assertThat(wrong).isEmpty();
      assertThat(queries).hasValueGreaterThanOrEqualTo(SWITCHES);
      assertThat(switched).hasValueGreaterThan(SWITCHES);
      System.out.println(SWITCHES + " switches, " + queries + " queries");
    }
  }

  /** A machine with nothing else to do would switch ten times during one query. */
  private static void awaitOneMore(AtomicInteger queries, Thread asking) {
    int seen = queries.get();
    while (queries.get() == seen && asking.isAlive()) {
      Thread.onSpinWait();
    }
  }

  private int current() throws IOException {
    return new OutputGenerations(outputs, "metrics.parquet").current();
  }

  private TableSession session() throws IOException {
    return TableSession.open(StoreTables.in(outputs).orElseThrow().views(), QueryLimits.DEFAULT);
  }

  private void ask(
      AtomicBoolean stop, AtomicInteger switched, AtomicInteger queries, List<String> wrong) {
    while (!stop.get()) {
      int least = switched.get();
      try {
        StoreTables tables = StoreTables.in(outputs).orElseThrow();
        Set<String> generations =
            tables.metrics().files().stream()
                .map(file -> String.valueOf(file.getParent().getFileName()))
                .collect(Collectors.toSet());
        check(generations.size() == 1, "files of " + generations, wrong);
        int found = Integer.parseInt(generations.iterator().next());
        check(found >= least, "generation " + found + " after " + least, wrong);
        try (TableSession session = TableSession.open(tables.views(), QueryLimits.DEFAULT)) {
          List<Long> answer = answer(session);
          check(answer.equals(List.of(ALL, ALL, ALL * (ALL - 1) / 2)), "answer " + answer, wrong);
        }
        List<Long> byScript = script();
        check(byScript.equals(List.of(ALL, ALL, ALL * (ALL - 1) / 2)), "script " + byScript, wrong);
      } catch (Exception e) {
        check(false, e.toString(), wrong);
      }
      queries.incrementAndGet();
    }
  }

  private static void check(boolean right, String text, List<String> wrong) {
    if (!right) {
      wrong.add(text);
    }
  }

  /** As a user of the script does, with files by their own paths. */
  private List<Long> script() throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(Files.readString(outputs.resolve("metrics.sql")));
      try (ResultSet result = statement.executeQuery(SQL)) {
        assertThat(result.next()).isTrue();
        return List.of(result.getLong(1), result.getLong(2), result.getLong(3));
      }
    }
  }

  private static List<Long> answer(TableSession session) {
    List<Long> answer = new ArrayList<>();
    session.query(
        SQL,
        new TableSession.Rows() {
          @Override
          public void begin(List<String> names, List<String> types) {}

          @Override
          public boolean row(List<Object> values) {
            values.forEach(value -> answer.add(((Number) value).longValue()));
            return true;
          }
        });
    return answer;
  }
}
