// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.compat;

import dev.ringfold.RingfoldException;
import dev.ringfold.compat.AsyncBufferStats;
import dev.ringfold.writers.parquet.FlushPolicy;
import dev.ringfold.writers.parquet.LoggerStats;
import dev.ringfold.writers.parquet.MetricsLogger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Logs a training run's metrics into a Parquet table without making the training wait.
 *
 * <pre>{@code
 * AsyncMetricsLogger logger = new AsyncMetricsLogger(Path.of("metrics.parquet"), 1_000, 100);
 * logger.logStep(1, 100, Map.of("train_loss", 0.5, "grad_norm", 0.1, "backend", "ionq.simulator"));
 * logger.logEpoch(1, Map.of("loss", 0.5), Map.of("loss", 0.55, "accuracy", 0.9));
 * logger.stop();
 * }</pre>
 *
 * <p>Rows go through a journal in {@code <outputPath>.ringfold/}; the output path is a link to the
 * table. A row that finds no room is dropped and counted, and declared in the journal. Opening the
 * same output again adds rows behind those that are there, as a next attempt. Any thread may log.
 */
public final class AsyncMetricsLogger implements AutoCloseable {
  /** Rows the buffer has room for, without an argument. */
  public static final int DEFAULT_BUFFER_SIZE = 1_000;

  /** Rows after which the table is flushed, without an argument. */
  public static final int DEFAULT_FLUSH_INTERVAL = 100;

  private static final Duration FLUSH_INTERVAL = Duration.ofSeconds(10);

  private final TableOutput output;
  private final MetricsLogger logger;
  private final Object turn = new Object();

  /** A logger with all defaults. */
  public AsyncMetricsLogger(Path outputPath) {
    this(outputPath, DEFAULT_BUFFER_SIZE);
  }

  /** A logger that flushes every 100 rows or 10 seconds. */
  public AsyncMetricsLogger(Path outputPath, int bufferSize) {
    this(outputPath, bufferSize, DEFAULT_FLUSH_INTERVAL);
  }

  /**
   * Opens the log and begins.
   *
   * @param outputPath the table, gzip compressed; a directory for the readers
   * @param bufferSize rows that can wait for the journal, at least; 1 to 2,097,152
   * @param flushInterval rows that ask for a flush, from 1; 10 seconds ask for one too
   * @throws IllegalArgumentException when a value is out of range
   * @throws RingfoldException when the log cannot be opened; the message says why
   */
  public AsyncMetricsLogger(Path outputPath, int bufferSize, int flushInterval) {
    FlushPolicy flush = FlushPolicy.of(flushInterval, FLUSH_INTERVAL);
    if (bufferSize < 1) {
      throw new IllegalArgumentException("bufferSize must be at least 1 but was " + bufferSize);
    }
    output = new TableOutput(outputPath);
    logger = output.open(flush, bufferSize);
  }

  /**
   * Logs a training step; null values are absent.
   *
   * @return whether it was taken, false when it was dropped and counted
   * @throws IllegalArgumentException as {@link MetricsLogger#logStep} says
   */
  public boolean logStep(int epoch, long step, Map<String, ?> metrics) {
    synchronized (turn) {
      try {
        return logger.logStep(epoch, step, metrics);
      } finally {
        logger.handOver();
      }
    }
  }

  /**
   * Logs an epoch's summary, found again by {@code step = -1}: key k becomes {@code train_k} or
   * {@code val_k}.
   *
   * @return whether it was taken, false when it was dropped and counted
   * @throws IllegalArgumentException as {@link MetricsLogger#logEpoch} says
   */
  public boolean logEpoch(int epoch, Map<String, ?> trainMetrics, Map<String, ?> valMetrics) {
    synchronized (turn) {
      try {
        return logger.logEpoch(epoch, trainMetrics, valMetrics);
      } finally {
        logger.handOver();
      }
    }
  }

  /** Counts of the buffer between the training and the journal, as the seed names them. */
  public AsyncBufferStats stats() {
    LoggerStats stats = logger.stats();
    long pushed = stats.offered() - stats.dropped();
    long waiting = Math.min(pushed, logger.log().stats().ringBacklog());
    return new AsyncBufferStats(
        pushed, pushed - waiting, stats.dropped(), stats.dropRate(), stats.ringUtilization());
  }

  /** Everything there is to know about the logger and its table. */
  public LoggerStats loggerStats() {
    return logger.stats();
  }

  /** The table: a link to a directory, for readers. */
  public Path outputPath() {
    return output.path();
  }

  /** The store with the journal. */
  public Path storePath() {
    return output.store();
  }

  /**
   * Writes and seals what was logged and closes the log. Doing so twice is harmless.
   *
   * @throws RingfoldException when something could not be stored; the message says what
   */
  public void stop() {
    synchronized (turn) {
      logger.close();
    }
  }

  /** The same as {@link #stop}. */
  @Override
  public void close() {
    stop();
  }
}
