// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.spark;

import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Spark reads a metric table as it is: a directory of Parquet files. Nothing of Ringfold is on the
 * class path. Argument: the directory, {@code STORE/outputs/metrics.parquet}.
 */
public final class SparkAnalytics {
  private static final String BY_ATTEMPT =
      """
      select run_id, attempt, count(*) as rows, count(distinct seq) as sequences,
             min(step) as first, max(step) as last, avg(train_loss) as mean_loss
      from metrics where kind = 'step' group by run_id, attempt order by run_id, attempt""";

  private SparkAnalytics() {}

  /** Prints one line for each attempt of each run. */
  public static void main(String[] arguments) throws IOException {
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("metrics")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate()) {
      // A metric that was first logged late is a column of the later files only.
      Dataset<Row> metrics = spark.read().option("mergeSchema", "true").parquet(arguments[0]);
      metrics.createOrReplaceTempView("metrics");
      List<Row> answer = spark.sql(BY_ATTEMPT).collectAsList();
      System.out.println("run_id attempt rows sequences first last mean_loss");
      answer.forEach(row -> System.out.println(row.mkString(" ")));
    }
  }
}
