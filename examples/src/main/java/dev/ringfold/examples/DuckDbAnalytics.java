// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples;

import dev.ringfold.examples.demo.Duck;
import dev.ringfold.writers.parquet.MetricsLogger;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;

/**
 * A run is logged twice, the second time with a metric that nobody had announced; DuckDB reads the
 * directory. Argument: a directory.
 */
public final class DuckDbAnalytics {
  private static final int STEPS = 200;
  private static final int RESUMED_AT = 150;

  private static final String ATTEMPTS =
      "select attempt, count(*) as rows, min(step) as first, max(step) as last,"
          + " count(temperature) as temperatures from %s group by attempt order by attempt";

  private DuckDbAnalytics() {}

  /** Logs, then asks. */
  public static void main(String[] arguments) throws SQLException {
    Path store = Path.of(arguments[0]);
    try (MetricsLogger logger = MetricsLogger.builder(store).run("night-1").open()) {
      for (int step = 0; step < STEPS; step++) {
        logger.step(0, step).trainLoss(2.0 / (1 + step)).log();
      }
    }
    // As after a crash: the steps from 150 on are made again.
    try (MetricsLogger logger = MetricsLogger.builder(store).resume("night-1").open()) {
      for (int step = RESUMED_AT; step < STEPS; step++) {
        logger.logStep(0, step, Map.of("train_loss", 2.0 / (1 + step), "temperature", 0.7));
      }
    }
    try (Duck duck = Duck.open()) {
      // The path as it is; anybody's DuckDB, pandas or Spark takes it.
      Path files = store.resolve("outputs/metrics.parquet/*.parquet");
      duck.run("create view metrics as from read_parquet('" + files + "', union_by_name = true)");
      duck.run(
          "create view latest as from metrics qualify attempt ="
              + " max(attempt) over (partition by run_id, kind, epoch, step)");
      System.out.println("all rows");
      duck.table(ATTEMPTS.formatted("metrics")).forEach(System.out::println);
      System.out.println("the newest attempt of each step");
      duck.table(ATTEMPTS.formatted("latest")).forEach(System.out::println);
    }
  }
}
