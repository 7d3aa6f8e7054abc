// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.MetricsRow;
import dev.ringfold.event.MetricType;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.Partition;
import dev.ringfold.writers.parquet.TableOptions;
import java.io.IOException;
import java.nio.file.Path;

/** Logs many rows, closes, builds the table again, compacts it, and compares. */
public final class TableMemoryChild {
  private TableMemoryChild() {}

  /** Arguments: a directory, how many rows, how the table is partitioned. */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    long rows = Long.parseLong(args[1]);
    Path store = directory.resolve("store");
    MetricTable live;
    try (Tables tables = new Tables(store)) {
      tables.configure(TableOptions.defaults().withPartition(Partition.valueOf(args[2])));
      MetricsRow[] runs = new MetricsRow[50];
      for (int i = 0; i < runs.length; i++) {
        runs[i] = tables.row("run-" + i, Tables.TRAINING);
      }
      for (long step = 0; step < rows; step++) {
        MetricsRow row = runs[(int) (step % runs.length)].begin(0, step);
        for (int column = 0; column < Tables.TRAINING.size(); column++) {
          if (Tables.TRAINING.column(column).type() == MetricType.DOUBLE) {
            row.set(column, step * 1e-3 + column);
          } else if (Tables.TRAINING.column(column).type() == MetricType.LONG) {
            row.set(column, step + column);
          }
        }
        Tables.offer(row);
      }
      tables.seal("run-0");
      live = MetricTable.open(tables.metrics());
      System.out.println("ingested " + live.sealedRows() + " rows " + live.rowHash());
      tables.compact(live.sequence());
    }
    MetricTable again = MetricTable.open(Tables.rebuild(store, directory.resolve("again")));
    System.out.println("rebuilt " + again.sealedRows() + " rows " + again.rowHash());
  }
}
