// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.LogOption;
import dev.ringfold.LogStats;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.ProjectionConfigured;
import dev.ringfold.event.RunClosed;
import dev.ringfold.event.RunStarted;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.projections.ProjectionState;
import dev.ringfold.projections.ProjectionStatus;
import dev.ringfold.writers.parquet.TableOptions;
import dev.ringfold.writers.parquet.internal.table.MetricsProjection;
import java.io.Closeable;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/**
 * A log with one table of metrics behind it, open: what a {@code MetricsLogger} is made of, with
 * the projection in reach. Rows belong to one thread.
 */
final class MetricStore implements Closeable {
  /** Rows offered between two looks at the ring. */
  static final int CHUNK = 512;

  private static final String RUN = "bench";
  private static final String FACTS = "ringfold.projections";
  private static final long LOW_SPACE_BYTES = 512L << 20;
  private static final long FULL_SPACE_BYTES = 256L << 20;
  private static final long POLL_NANOS = 1_000_000;
  private static final long FULL_PARK_NANOS = 100_000;

  private final Path directory;
  private final EventLog log;
  private final Producer producer;
  private final MetricsRow row;
  private final ProjectionRuntime runtime;
  private boolean closed;

  /**
   * Opens a new store.
   *
   * @param wrapping is given the projection; the result is run
   */
  MetricStore(Path directory, TableOptions options, UnaryOperator<Projection> wrapping) {
    this.directory = directory;
    log =
        EventLog.builder(directory)
            .environment(Map.of())
            .set(LogOption.LOW_SPACE_BYTES, LOW_SPACE_BYTES)
            .set(LogOption.FULL_SPACE_BYTES, FULL_SPACE_BYTES)
            .build();
    producer = log.producer(RUN);
    producer.appendAndAwait(log.stream(RUN), new RunStarted(0, ""), AckLevel.JOURNAL);
    producer.appendAndAwait(
        log.stream(FACTS),
        new ProjectionConfigured(MetricsProjection.NAME, options.canonical()),
        AckLevel.JOURNAL);
    row = producer.metrics(log.stream(RUN), MetricLayout.training());
    runtime =
        ProjectionRuntime.builder(log)
            .outputs(outputs(directory))
            .add(wrapping.apply(new MetricsProjection()))
            .start();
  }

  /** Where a store's tables are. */
  static Path outputs(Path directory) {
    return directory.resolve("outputs");
  }

  /** What DuckDB reads the rows of steps from, by a plain glob. */
  static String source(Path outputs) {
    String table = outputs.resolve(MetricsProjection.TABLE).toString().replace("'", "''");
    return "read_parquet('" + table + "/*.parquet')";
  }

  /** The row to be filled and offered. */
  MetricsRow row() {
    return row;
  }

  /** Rows that found no room. */
  long dropped() {
    return producer.dropped();
  }

  /** The log's counters. */
  LogStats stats() {
    return log.stats();
  }

  /** How the table is. */
  ProjectionStatus table() {
    return runtime.status(MetricsProjection.NAME);
  }

  /** Waits until the ring is at most half full, so that the next {@link #CHUNK} rows fit. */
  void awaitRoom() {
    awaitRoom(log);
  }

  /** As {@link #awaitRoom()}, for the log of a logger. */
  static void awaitRoom(EventLog log) {
    LogStats stats = log.stats();
    while (stats.ringBacklog() > stats.ringSlots() / 2) {
      LockSupport.parkNanos(FULL_PARK_NANOS);
      stats = log.stats();
    }
  }

  /** Ends the run and waits until the table has sealed all of it. */
  void seal() {
    long end =
        producer.appendAndAwait(log.stream(RUN), new RunClosed(0), AckLevel.JOURNAL).lastSequence();
    for (ProjectionStatus status = table(); status.committedSequence() < end; status = table()) {
      if (status.state() == ProjectionState.FAILED) {
        throw new IllegalStateException("the table failed: " + status.failure());
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /** Checks that every row of the feed is in the table once. */
  void verify(MetricFeed feed) throws SQLException {
    FileWrites.verify(source(outputs(directory)), feed.sums());
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      producer.close();
      runtime.close();
      log.close();
    }
  }
}
