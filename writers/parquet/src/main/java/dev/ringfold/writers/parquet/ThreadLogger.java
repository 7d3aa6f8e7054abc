// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOutcome;
import dev.ringfold.Producer;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricsLogged;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One thread's way to log to a run, given out by {@link MetricsLogger#forThread}. It belongs to the
 * thread that uses it first; a call from another one throws {@link IllegalStateException}, unless
 * {@link #handOver} gave it up.
 */
public final class ThreadLogger implements AutoCloseable {
  private final RunSession session;
  private final Producer producer;
  private final MapRows maps;
  private @Nullable TrainingRow training;
  private boolean closed;

  ThreadLogger(RunSession session, Producer producer) {
    this.session = session;
    this.producer = producer;
    this.maps = new MapRows(session, producer);
  }

  /** Begins the row of a step; see {@link MetricsLogger#step(int, long)}. */
  public TrainingRow step(int epoch, long step) {
    return step(epoch, step, Long.MIN_VALUE);
  }

  /**
   * Begins the row of a step that was at a time of its own.
   *
   * @param eventTimeNanos nanoseconds since 1970
   */
  public TrainingRow step(int epoch, long step, long eventTimeNanos) {
    return training().begin(MetricsLogged.Kind.STEP, epoch, step, eventTimeNanos);
  }

  /** Begins the summary of an epoch; see {@link MetricsLogger#epoch(int)}. */
  public TrainingRow epoch(int epoch) {
    return training()
        .begin(MetricsLogged.Kind.EPOCH, epoch, MetricsLogger.EPOCH_STEP, Long.MIN_VALUE);
  }

  private TrainingRow training() {
    TrainingRow row = training;
    if (row == null) {
      row = new TrainingRow(session, producer.metrics(session.stream(), MetricLayout.training()));
      training = row;
    }
    return row;
  }

  /** A reusable row of the user's own columns; see {@link MetricsLogger#row(MetricLayout)}. */
  public LayoutRow row(MetricLayout layout) {
    session.requireOpen();
    session.limits().admit(layout);
    return new LayoutRow(session, producer.metrics(session.stream(), layout));
  }

  /** Logs a step's metrics by name; see {@link MetricsLogger#logStep(int, long, Map)}. */
  public boolean logStep(int epoch, long step, Map<String, ?> metrics) {
    return session.isOpen() && maps.step(epoch, step, Long.MIN_VALUE, metrics).log();
  }

  /**
   * Logs a step's metrics by name as a REQUIRED event, at a time of its own.
   *
   * @param eventTimeNanos nanoseconds since 1970, {@link Long#MIN_VALUE} for now
   * @return completes when the row has come as far as the level says
   */
  public CompletableFuture<AppendOutcome> appendStep(
      int epoch, long step, long eventTimeNanos, Map<String, ?> metrics, AckLevel level) {
    session.requireOpen();
    return maps.step(epoch, step, eventTimeNanos, metrics).append(level);
  }

  /** Logs the summary of an epoch; see {@link MetricsLogger#logEpoch(int, Map, Map)}. */
  public boolean logEpoch(int epoch, Map<String, ?> train, Map<String, ?> val) {
    return session.isOpen() && maps.epoch(epoch, train, val).log();
  }

  /** Gives the handle up to the next thread that uses it. */
  public void handOver() {
    producer.handOver();
  }

  /** Ends the use of this handle; its name may be used again. The run goes on. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      session.close(producer);
    }
  }
}
