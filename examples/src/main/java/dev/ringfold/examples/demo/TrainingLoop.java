// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import dev.ringfold.EventLog;
import dev.ringfold.LogOption;
import dev.ringfold.RingfoldException;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.examples.training.Score;
import dev.ringfold.examples.training.TrainingRun;
import dev.ringfold.projections.index.EventIndex;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.parquet.LayoutRow;
import dev.ringfold.writers.parquet.MetricsLogger;
import dev.ringfold.writers.parquet.MetricsLoggerBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Trains and logs; used by one thread. */
final class TrainingLoop {
  /** What is logged at every step. The column {@code accuracy} is our own. */
  static final MetricLayout COLUMNS =
      MetricLayout.builder()
          .doubles("train_loss", "accuracy", "grad_norm", "grad_max", "grad_min")
          .doubles("batch_time_ms", "throughput_samples_per_sec")
          .build();

  private static final int LOSS = COLUMNS.indexOf("train_loss");
  private static final int ACCURACY = COLUMNS.indexOf("accuracy");
  private static final int GRAD_NORM = COLUMNS.indexOf("grad_norm");
  private static final int GRAD_MAX = COLUMNS.indexOf("grad_max");
  private static final int GRAD_MIN = COLUMNS.indexOf("grad_min");
  private static final int BATCH_TIME = COLUMNS.indexOf("batch_time_ms");
  private static final int THROUGHPUT = COLUMNS.indexOf("throughput_samples_per_sec");

  private static final double NANOS_PER_MILLI = 1e6;
  private static final double MILLIS_PER_SECOND = 1e3;
  private static final long LOW_SPACE_BYTES = 192L << 20;
  private static final long FULL_SPACE_BYTES = 96L << 20;
  private static final Duration DISK_TIMEOUT = Duration.ofSeconds(20);

  /** Is told after every step, and after an epoch's summary when the step ended an epoch. */
  interface Watcher {
    void stepped(TrainingRun run) throws IOException;
  }

  private final TrainingRun run;
  private final MetricsLogger logger;
  private final LayoutRow row;

  TrainingLoop(TrainingRun run, MetricsLogger logger) {
    this.run = run;
    this.logger = logger;
    row = logger.row(COLUMNS);
  }

  /** Opens a run of the demo's store; the environment does not change what the demo shows. */
  static MetricsLoggerBuilder logger(Path store, TrainingRun run) {
    return MetricsLogger.builder(store)
        .configuration(run.settings().toString())
        .projection(Checkpoints::trees)
        .projection(log -> EventIndex.projection())
        .log(
            log ->
                log.environment(Map.of())
                    .set(LogOption.LOW_SPACE_BYTES, LOW_SPACE_BYTES)
                    .set(LogOption.FULL_SPACE_BYTES, FULL_SPACE_BYTES));
  }

  /** Trains until the run is finished. */
  void train(Watcher watcher) throws IOException {
    while (!run.finished()) {
      step();
      if (run.epochOver()) {
        logEpoch();
      }
      watcher.stepped(run);
    }
  }

  private void step() {
    int epoch = run.epoch();
    int step = run.stepsMade();
    long start = System.nanoTime();
    run.step();
    double millis = (System.nanoTime() - start) / NANOS_PER_MILLI;
    // Never waits; a row without room is dropped, counted and declared.
    row.step(epoch, step)
        .set(LOSS, run.loss())
        .set(ACCURACY, run.accuracy())
        .set(GRAD_NORM, run.gradNorm())
        .set(GRAD_MAX, run.gradMax())
        .set(GRAD_MIN, run.gradMin())
        .set(BATCH_TIME, millis)
        .set(THROUGHPUT, run.batch() * MILLIS_PER_SECOND / millis)
        .log();
  }

  private void logEpoch() {
    Score training = run.training();
    Score test = run.test();
    logger.logEpoch(
        run.epoch() - 1,
        Map.of("loss", training.loss(), "accuracy", training.accuracy()),
        Map.of("loss", test.loss(), "accuracy", test.accuracy()));
  }

  /**
   * Waits until everything logged so far is on disk: what follows may rely on it.
   *
   * @return the newest sequence that is
   */
  long awaitDisk() {
    EventLog log = logger.log();
    long deadline = System.nanoTime() + DISK_TIMEOUT.toNanos();
    while (log.stats().ringBacklog() > 0 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    long last = log.lastSequence();
    if (!log.awaitDurable(last, DISK_TIMEOUT)) {
      throw new RingfoldException("event " + last + " did not reach the disk in " + DISK_TIMEOUT);
    }
    return last;
  }
}
