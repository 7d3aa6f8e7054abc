// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.writers.parquet.FlushPolicy;
import dev.ringfold.writers.parquet.TableOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The operation {@code visibility}: rows at a fixed pace with LOW_LATENCY, and a reader that asks
 * DuckDB in a loop, by the plain glob, which ones it sees. A row's latency is the time from when it
 * was due to the first answer that has it. Arguments: rate, seconds, seed. Figures: {@code p50},
 * {@code p99}, {@code max} nanoseconds, {@code queries}, {@code errors} (failed queries, holes,
 * rows twice), {@code queryNanos} of the median query, {@code dropped}.
 */
final class Visibility {
  private static final long HIGHEST_NANOS = 60_000_000_000L;
  private static final int DIGITS = 3;
  private static final long PAUSE_NANOS = 1_000_000;

  private final String source;
  private final Pacer pacer;
  private final Histogram latency = new Histogram(HIGHEST_NANOS, DIGITS);
  private final Histogram query = new Histogram(HIGHEST_NANOS, DIGITS);
  private final long rows;
  private long seen;
  private long queries;
  private long errors;
  private volatile boolean ended;
  private volatile @Nullable SQLException failure;

  private Visibility(String source, Pacer pacer, long rows) {
    this.source = source;
    this.pacer = pacer;
    this.rows = rows;
  }

  static Figures run(MetricKind kind, Path directory, Call call) throws Exception {
    long rate = call.get("rate");
    long rows = rate * call.get("seconds");
    MetricFeed feed = new MetricFeed(call.get("seed"));
    TableOptions options = TableOptions.defaults().withFlush(FlushPolicy.LOW_LATENCY);
    Path directoryOfStore = directory.resolve("store");
    try (MetricStore store = new MetricStore(directoryOfStore, options, UnaryOperator.identity())) {
      Pacer pacer = new Pacer(rate);
      String source = MetricStore.source(MetricStore.outputs(directoryOfStore));
      Visibility reader = new Visibility(source, pacer, rows);
      Thread thread = new Thread(reader::read, "bench-reader");
      thread.start();
      while (feed.offered() < rows) {
        pacer.await(feed.offered());
        feed.offer(store.row());
      }
      pacer.await(rows);
      long dropped = store.dropped();
      store.seal();
      reader.end(thread);
      if (dropped == 0) {
        store.verify(feed);
      }
      return reader.figures().put("dropped", dropped);
    }
  }

  private void read() {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:")) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET threads = 1");
      }
      while (!ended && seen < rows) {
        ask(connection);
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } catch (SQLException e) {
      failure = e;
    }
  }

  /** One query; before the first part there is no file, which is an error in DuckDB. */
  private void ask(Connection connection) throws SQLException {
    long start = System.nanoTime();
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT count(*), count(DISTINCT step), max(step) + 1 FROM " + source)) {
      result.next();
      long now = System.nanoTime();
      query.recordValue(Math.min(HIGHEST_NANOS, now - start));
      queries++;
      long count = result.getLong(1);
      check(count, result.getLong(2), result.getLong(3));
      for (; seen < count; seen++) {
        latency.recordValue(Math.min(HIGHEST_NANOS, Math.max(0, now - pacer.dueNanos(seen))));
      }
    } catch (SQLException e) {
      if (seen > 0) {
        error(e.toString());
      }
    }
  }

  private void check(long count, long different, long highest) {
    if (count != different || count != highest || count < seen) {
      error(
          String.format(
              Locale.ROOT,
              "%d rows, %d different steps up to %d, %d seen before",
              count,
              different,
              highest - 1,
              seen));
    }
  }

  /** Goes to the child's standard error, of which the parent keeps a file. */
  private void error(String what) {
    errors++;
    System.err.println("reader: " + what);
  }

  private void end(Thread thread) throws SQLException {
    ended = true;
    Waiting.join(thread);
    SQLException problem = failure;
    if (problem != null) {
      throw problem;
    }
    if (seen == 0) {
      throw new IllegalStateException("the reader saw no row before the end");
    }
  }

  private Figures figures() {
    return new Figures()
        .put("p50", latency.getValueAtPercentile(50))
        .put("p99", latency.getValueAtPercentile(99))
        .put("max", latency.getMaxValue())
        .put("queries", queries)
        .put("errors", errors)
        .put("queryNanos", query.getValueAtPercentile(50))
        .put("rows", seen);
  }
}
