// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples;

import dev.ringfold.compat.AsyncBuffer;
import dev.ringfold.compat.AsyncBufferStats;
import dev.ringfold.examples.training.Digits;
import dev.ringfold.examples.training.Score;
import dev.ringfold.examples.training.Settings;
import dev.ringfold.examples.training.TrainingRun;
import dev.ringfold.writers.parquet.compat.AsyncMetricsLogger;
import dev.ringfold.writers.parquet.compat.AsyncMetricsWriter;
import java.nio.file.Path;
import java.util.Map;

/**
 * The demos of Q-Store's storage under its own names, with its outputs: {@code metrics.parquet} and
 * {@code full_training/}. The third one saves checkpoints, which this version does not have: it is
 * left out. Argument: the output directory, {@code demo_output} without one.
 */
public final class SeedDemos {
  private static final int SMALL_BUFFER = 100;
  private static final int ITEMS = 500;
  private static final int EPOCHS = 5;

  private SeedDemos() {}

  /** Runs the demos one after the other. */
  public static void main(String[] arguments) {
    Path output = Path.of(arguments.length > 0 ? arguments[0] : "demo_output");
    asyncBuffer();
    asyncMetricsWriter(output.resolve("metrics.parquet"));
    System.out.println("3 checkpoints: not in this version, skipped");
    asyncMetricsLogger(output.resolve("logger_metrics.parquet"));
    fullTraining(output.resolve("full_training").resolve("metrics.parquet"));
  }

  /** Nobody takes anything out: the buffer fills, and pushing goes on without waiting. */
  private static void asyncBuffer() {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(SMALL_BUFFER);
    for (int i = 0; i < ITEMS; i++) {
      buffer.push(i);
    }
    AsyncBufferStats stats = buffer.stats();
    System.out.println("1 buffer: pushed " + stats.pushed() + ", dropped " + stats.dropped());
  }

  private static void asyncMetricsWriter(Path path) {
    AsyncBuffer<Map<String, ?>> buffer = new AsyncBuffer<>();
    AsyncMetricsWriter writer = new AsyncMetricsWriter(buffer, path);
    writer.start();
    for (int step = 0; step < ITEMS; step++) {
      buffer.push(Map.of("epoch", 0, "step", step, "train_loss", 1.0 / (1 + step)));
    }
    writer.stop();
    System.out.println("2 writer: " + ITEMS + " rows in " + path.getFileName());
  }

  private static void asyncMetricsLogger(Path path) {
    AsyncMetricsLogger logger = new AsyncMetricsLogger(path);
    for (int step = 0; step < ITEMS; step++) {
      logger.logStep(1, step, Map.of("train_loss", 0.5, "circuits_executed", 32, "backend", "sim"));
    }
    logger.logEpoch(1, Map.of("loss", 0.5), Map.of("loss", 0.55, "accuracy", 0.9));
    logger.stop();
    System.out.println("4 logger: dropped " + logger.stats().dropped());
  }

  private static void fullTraining(Path path) {
    TrainingRun run =
        new TrainingRun(Digits.load(), Settings.of(Settings.Model.SOFTMAX, 1, EPOCHS));
    AsyncMetricsLogger logger = new AsyncMetricsLogger(path);
    while (!run.finished()) {
      int epoch = run.epoch();
      run.step();
      Map<String, Double> step = Map.of("train_loss", run.loss(), "grad_norm", run.gradNorm());
      logger.logStep(epoch, run.stepsMade() - 1, step);
      if (run.epochOver()) {
        Score test = run.test();
        logger.logEpoch(epoch, Map.of(), Map.of("loss", test.loss(), "accuracy", test.accuracy()));
      }
    }
    logger.stop();
    System.out.printf("5 full training: accuracy %.3f%n", run.test().accuracy());
  }
}
