// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples;

import dev.ringfold.writers.parquet.MetricsLogger;
import java.nio.file.Path;

/**
 * A training loop logs its metrics and never waits; they are rows of {@code
 * STORE/outputs/metrics.parquet}. Argument: the store's directory, created when it is missing.
 */
public final class MetricsInTenLines {
  private static final int STEPS = 1_000;

  private MetricsInTenLines() {}

  /** Logs a run; when it is run again, the run's next attempt. */
  public static void main(String[] arguments) {
    try (MetricsLogger logger = MetricsLogger.open(Path.of(arguments[0]))) {
      for (int step = 0; step < STEPS; step++) {
        logger.step(0, step).trainLoss(1.0 / (1 + step)).gradNorm(0.1).log();
      }
      System.out.println(
          "offered " + logger.stats().offered() + ", dropped " + logger.stats().dropped());
    }
  }
}
