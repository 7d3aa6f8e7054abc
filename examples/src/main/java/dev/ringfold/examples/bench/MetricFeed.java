// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.MetricsRow;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.examples.bench.peers.RowBlock;
import dev.ringfold.examples.bench.peers.RowColumn;
import dev.ringfold.examples.bench.peers.RowSums;
import dev.ringfold.writers.parquet.MetricsLogger;
import dev.ringfold.writers.parquet.TrainingRow;

/**
 * Rows for the log, as many as wanted: the values of one block again and again, numbered on. So
 * making them takes no time that a training loop would not need anyway. Used by one thread.
 */
final class MetricFeed {
  private static final RowColumn[] COLUMNS = RowColumn.values();
  private static final double NANOS_PER_SECOND = 1e9;

  private final RowBlock block = new RowBlock();
  private final int[] cells = new int[COLUMNS.length];
  private long next;

  MetricFeed(long seed) {
    block.fill(seed, 0, RowBlock.CAPACITY);
    for (RowColumn column : COLUMNS) {
      cells[column.index()] = MetricLayout.training().indexOf(column.column());
    }
  }

  /** How many rows were offered: the number of the next one. */
  long offered() {
    return next;
  }

  /** Offers the next row to the log. */
  boolean offer(MetricsRow row) {
    int i = advance();
    row.begin(
        MetricsLogged.Kind.STEP,
        0,
        (int) block.longAt(RowColumn.EPOCH, i),
        block.longAt(RowColumn.STEP, i),
        timeNanos(i));
    for (RowColumn column : COLUMNS) {
      int cell = cells[column.index()];
      if (cell >= 0 && !block.isMissing(column, i)) {
        switch (column.kind()) {
          case LONG -> row.set(cell, block.longAt(column, i));
          case DOUBLE -> row.set(cell, block.doubleAt(column, i));
          case TEXT -> row.set(cell, RowBlock.BACKENDS.get(block.backendAt(i)));
        }
      }
    }
    return row.offer();
  }

  /** Logs the next row as a training loop does. */
  boolean log(MetricsLogger logger) {
    int i = advance();
    int epoch = (int) block.longAt(RowColumn.EPOCH, i);
    TrainingRow row =
        logger
            .step(epoch, block.longAt(RowColumn.STEP, i), timeNanos(i))
            .trainLoss(block.doubleAt(RowColumn.TRAIN_LOSS, i))
            .gradNorm(block.doubleAt(RowColumn.GRAD_NORM, i))
            .gradMax(block.doubleAt(RowColumn.GRAD_MAX, i))
            .gradMin(block.doubleAt(RowColumn.GRAD_MIN, i))
            .circuitExecutionTimeMs(block.doubleAt(RowColumn.CIRCUIT_EXECUTION_TIME_MS, i))
            .circuitsExecuted(block.longAt(RowColumn.CIRCUITS_EXECUTED, i))
            .qubitsUsed(block.longAt(RowColumn.QUBITS_USED, i))
            .shotsPerCircuit(block.longAt(RowColumn.SHOTS_PER_CIRCUIT, i))
            .backend(RowBlock.BACKENDS.get(block.backendAt(i)))
            .batchTimeMs(block.doubleAt(RowColumn.BATCH_TIME_MS, i))
            .throughputSamplesPerSec(block.doubleAt(RowColumn.THROUGHPUT_SAMPLES_PER_SEC, i));
    if (!block.isMissing(RowColumn.VAL_LOSS, i)) {
      row.valLoss(block.doubleAt(RowColumn.VAL_LOSS, i));
    }
    if (!block.isMissing(RowColumn.QUEUE_TIME_MS, i)) {
      row.queueTimeMs(block.doubleAt(RowColumn.QUEUE_TIME_MS, i))
          .costUsd(block.doubleAt(RowColumn.COST_USD, i))
          .creditsUsed(block.doubleAt(RowColumn.CREDITS_USED, i));
    }
    return row.log();
  }

  private int advance() {
    int i = (int) (next % RowBlock.CAPACITY);
    block.renumber(i, next);
    next++;
    return i;
  }

  private long timeNanos(int i) {
    return Math.round(block.doubleAt(RowColumn.TIMESTAMP, i) * NANOS_PER_SECOND);
  }

  /** What the rows offered so far come to. */
  RowSums sums() {
    RowSums sums = new RowSums(false);
    sums.addRenumbered(block, 0, next);
    return sums;
  }
}
