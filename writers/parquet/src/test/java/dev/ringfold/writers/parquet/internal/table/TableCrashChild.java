// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.MetricsRow;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.RunClosed;
import dev.ringfold.event.TableCompacted;
import dev.ringfold.writers.parquet.FlushPolicy;
import dev.ringfold.writers.parquet.TableOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A process that logs, seals and compacts until somebody kills it. */
public final class TableCrashChild {
  private static final int ROWS_PER_ROUND = 200;
  private static final int ROUNDS_PER_COMPACTION = 4;
  private static final long OPEN_PART_NANOS = 150_000_000L;
  private static final long PAUSE_NANOS = 2_000_000L;

  private TableCrashChild() {}

  /** Argument: the store. */
  public static void main(String[] args) {
    Tables tables = new Tables(Path.of(args[0]));
    tables.configure(
        TableOptions.defaults()
            .withPartRows(150)
            .withFlush(FlushPolicy.of(1, Duration.ofMillis(100)))
            .withSealAfter(Duration.ofSeconds(2)));
    System.out.println("running");
    for (int round = 0; ; round++) {
      MetricLayout layout =
          round % 2 == 0
              ? Tables.TRAINING
              : MetricLayout.builder().doubles("train_loss", "extra_" + round % 7).build();
      MetricsRow row = tables.row("run-" + round % 3, layout);
      for (int i = 0; i < ROWS_PER_ROUND; i++) {
        Tables.offer(row.begin(round, i).set(0, (double) i));
        if (i % 20 == 0) {
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      }
      long sealed = tables.append("run-" + round % 3, new RunClosed(0)).firstSequence();
      tables.awaitApplied(sealed); // Caught up: now there is an open part again.
      Tables.offer(row.begin(round, -1).set(0, 0.5));
      LockSupport.parkNanos(OPEN_PART_NANOS);
      if (round % ROUNDS_PER_COMPACTION == ROUNDS_PER_COMPACTION - 1) {
        tables.append(
            "ringfold.projections",
            new TableCompacted(tables.log.durableSequence(), MetricsProjection.NAME));
      }
    }
  }
}
