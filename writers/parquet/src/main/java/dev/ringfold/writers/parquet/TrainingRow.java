// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.AppendOutcome;
import dev.ringfold.MetricsRow;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricsLogged;
import java.util.concurrent.CompletableFuture;

/**
 * A row of training metrics on its way: {@code logger.step(epoch, step).trainLoss(x).log()}. What
 * is not set is absent, and null in the table. The columns are Q-Store's TrainingMetrics under
 * their exact names.
 *
 * <p>Each thread's handle has one such row and gives out the same one again, so keep no reference
 * to it beyond {@link #log}. Setting and logging allocate nothing, except for a {@link #backend}
 * that was never seen before.
 */
public final class TrainingRow {
  private static final int TRAIN_LOSS = column("train_loss");
  private static final int VAL_LOSS = column("val_loss");
  private static final int GRAD_NORM = column("grad_norm");
  private static final int GRAD_MAX = column("grad_max");
  private static final int GRAD_MIN = column("grad_min");
  private static final int CIRCUIT_EXECUTION_TIME_MS = column("circuit_execution_time_ms");
  private static final int CIRCUITS_EXECUTED = column("circuits_executed");
  private static final int QUBITS_USED = column("qubits_used");
  private static final int SHOTS_PER_CIRCUIT = column("shots_per_circuit");
  private static final int BACKEND = column("backend");
  private static final int QUEUE_TIME_MS = column("queue_time_ms");
  private static final int COST_USD = column("cost_usd");
  private static final int CREDITS_USED = column("credits_used");
  private static final int BATCH_TIME_MS = column("batch_time_ms");
  private static final int THROUGHPUT_SAMPLES_PER_SEC = column("throughput_samples_per_sec");

  private final RunSession session;
  private final MetricsRow row;
  private boolean isStep;
  private double costUsd;
  private double creditsUsed;
  private String knownBackend = "";

  TrainingRow(RunSession session, MetricsRow row) {
    this.session = session;
    this.row = row;
  }

  private static int column(String name) {
    return MetricLayout.training().indexOf(name);
  }

  TrainingRow begin(MetricsLogged.Kind kind, int epoch, long step, long eventTimeNanos) {
    row.begin(kind, session.attempt(), epoch, step, eventTimeNanos);
    isStep = kind == MetricsLogged.Kind.STEP;
    costUsd = 0;
    creditsUsed = 0;
    return this;
  }

  /** Sets {@code train_loss}. */
  public TrainingRow trainLoss(double value) {
    row.set(TRAIN_LOSS, value);
    return this;
  }

  /** Sets {@code val_loss}. */
  public TrainingRow valLoss(double value) {
    row.set(VAL_LOSS, value);
    return this;
  }

  /** Sets {@code grad_norm}. */
  public TrainingRow gradNorm(double value) {
    row.set(GRAD_NORM, value);
    return this;
  }

  /** Sets {@code grad_max}. */
  public TrainingRow gradMax(double value) {
    row.set(GRAD_MAX, value);
    return this;
  }

  /** Sets {@code grad_min}. */
  public TrainingRow gradMin(double value) {
    row.set(GRAD_MIN, value);
    return this;
  }

  /** Sets {@code circuit_execution_time_ms}, milliseconds. */
  public TrainingRow circuitExecutionTimeMs(double value) {
    row.set(CIRCUIT_EXECUTION_TIME_MS, value);
    return this;
  }

  /** Sets {@code circuits_executed}. */
  public TrainingRow circuitsExecuted(long value) {
    row.set(CIRCUITS_EXECUTED, value);
    return this;
  }

  /** Sets {@code qubits_used}. */
  public TrainingRow qubitsUsed(long value) {
    row.set(QUBITS_USED, value);
    return this;
  }

  /** Sets {@code shots_per_circuit}. */
  public TrainingRow shotsPerCircuit(long value) {
    row.set(SHOTS_PER_CIRCUIT, value);
    return this;
  }

  /**
   * Sets {@code backend}, a label of which there are few.
   *
   * @throws IllegalArgumentException when it is longer than 1,024 bytes of UTF-8, or the logger has
   *     seen 4,096 different texts already
   */
  public TrainingRow backend(String value) {
    if (!knownBackend.equals(value)) {
      session.limits().admitText("backend", value);
      knownBackend = value;
    }
    row.set(BACKEND, value);
    return this;
  }

  /** Sets {@code queue_time_ms}, milliseconds. */
  public TrainingRow queueTimeMs(double value) {
    row.set(QUEUE_TIME_MS, value);
    return this;
  }

  /** Sets {@code cost_usd}, what this step cost; added to {@link CostTotals}. */
  public TrainingRow costUsd(double value) {
    row.set(COST_USD, value);
    costUsd = value;
    return this;
  }

  /** Sets {@code credits_used}, what this step used; added to {@link CostTotals}. */
  public TrainingRow creditsUsed(double value) {
    row.set(CREDITS_USED, value);
    creditsUsed = value;
    return this;
  }

  /** Sets {@code batch_time_ms}, milliseconds. */
  public TrainingRow batchTimeMs(double value) {
    row.set(BATCH_TIME_MS, value);
    return this;
  }

  /** Sets {@code throughput_samples_per_sec}. */
  public TrainingRow throughputSamplesPerSec(double value) {
    row.set(THROUGHPUT_SAMPLES_PER_SEC, value);
    return this;
  }

  /**
   * Logs the row; never waits.
   *
   * @return false when it was dropped and counted because the ring had no room or the disk has
   *     little, and after the logger's close
   */
  public boolean log() {
    if (!session.offer(row)) {
      return false;
    }
    if (isStep && (costUsd != 0 || creditsUsed != 0)) {
      session.costs().add(costUsd, creditsUsed);
    }
    return true;
  }

  /**
   * Logs the row as a REQUIRED event: waits for room, is never dropped in silence, and allocates.
   *
   * @return completes when the row has come as far as the level says
   * @throws dev.ringfold.RingTimeoutException when there was no room within {@code
   *     required-timeout}
   * @throws dev.ringfold.LogClosedException after the logger's close
   */
  public CompletableFuture<AppendOutcome> append(AckLevel level) {
    session.requireOpen();
    CompletableFuture<AppendOutcome> outcome = row.append(level, AppendOptions.NONE);
    if (isStep) {
      session.costs().add(costUsd, creditsUsed);
    }
    return outcome;
  }
}
