// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.MetricsRow;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.projections.DeadLetters;
import dev.ringfold.writers.parquet.FlushPolicy;
import dev.ringfold.writers.parquet.MetricRows;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.TableOptions;
import dev.ringfold.writers.parquet.internal.part.TableSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rows that were put aside come into parts of later rows, with the sequences of their events. */
@Timeout(120)
final class RetriedRowsTest {
  private static final TableOptions NARROW =
      TableOptions.defaults().withMaxColumns(TableOptions.MIN_COLUMNS);
  private static final TableOptions WIDE = TableOptions.defaults();

  /** More columns than a narrow table takes. */
  private static final MetricLayout TOO_WIDE =
      MetricLayout.builder().doubles(names(TableOptions.MIN_COLUMNS)).build();

  @TempDir Path directory;

  private Path store() {
    return directory.resolve("store");
  }

  /** Logs a row that the table refuses; its sequence. */
  private static long putAside(Tables tables) {
    MetricsRow row = tables.row("run", TOO_WIDE);
    Tables.offer(row.begin(0, 0).set(0, 1.0));
    Tables.await(
        "a dead letter", () -> tables.runtime.status(MetricsProjection.NAME).deadLetters() == 1);
    return DeadLetters.list(tables.log).get(0).sequence();
  }

  private static void retry(Tables tables, long sequence) {
    tables.runtime.retry(MetricsProjection.NAME, sequence);
    tables.awaitApplied();
  }

  private static long rowsUpTo(MetricTable table, long sequence) throws IOException {
    long rows = 0;
    try (MetricRows all = table.rowsUpTo(sequence)) {
      while (all.next()) {
        rows += all.longAt(all.column(TableSchema.SEQUENCE)) <= sequence ? 1 : 0;
      }
    }
    return rows;
  }

  @Test
  void compactedPartThatEndsWithARetriedRowSaysHowFarItGoes() throws Exception {
    Map<String, String> live;
    try (Tables tables = new Tables(store())) {
      tables.configure(NARROW);
      long aside = putAside(tables);
      tables.configure(WIDE);
      for (int part = 0; part < 2; part++) {
        tables.steps("run", part * 100L, 100);
        if (part == 1) {
          retry(tables, aside);
        }
        tables.seal("run");
      }
      MetricTable before = MetricTable.open(tables.metrics());
      tables.compact(tables.log.lastSequence());

      MetricTable after = MetricTable.open(tables.metrics());
      assertThat(before.parts()).hasSize(2);
      assertThat(after.parts()).hasSize(1);
      assertThat(after.parts().get(0).lastSequence())
          .isEqualTo(before.parts().get(1).lastSequence());
      assertThat(after.parts().get(0).firstSequence()).isEqualTo(aside);
      assertThat(rowsUpTo(after, aside)).isEqualTo(1);
      assertThat(rowsUpTo(after, before.parts().get(0).lastSequence())).isEqualTo(101);
      live = Tables.sealed(tables.metrics());
    }
    Path again = Tables.rebuild(store(), directory.resolve("again"));
    assertThat(Tables.sealed(again)).isEqualTo(live);
  }

  @Test
  void fullFilesOfACompactionSayHowFarTheyGo() throws Exception {
    try (Tables tables = new Tables(store())) {
      tables.configure(NARROW);
      long aside = putAside(tables);
      tables.configure(WIDE.withPartRows(50_000));
      int full = TableOptions.MAX_PART_ROWS;
      tables.steps("run", 0, full - 1);
      retry(tables, aside);
      tables.steps("run", full, 10);
      tables.seal("run");
      tables.compact(tables.log.lastSequence());

      MetricTable table = MetricTable.open(tables.metrics());
      assertThat(table.parts())
          .extracting(MetricTable.Part::rows)
          .containsExactly((long) full, 10L);
      for (MetricTable.Part part : table.parts()) {
        long smallest = Long.MAX_VALUE;
        long largest = -1;
        try (MetricRows rows = table.rows(part.file())) {
          while (rows.next()) {
            long sequence = rows.longAt(rows.column(TableSchema.SEQUENCE));
            smallest = Math.min(smallest, sequence);
            largest = Math.max(largest, sequence);
          }
        }
        assertThat(part.firstSequence()).isEqualTo(smallest);
        assertThat(part.lastSequence()).isEqualTo(largest);
      }
    }
  }

  @Test
  void partThatBeginsWithARetriedRowIsFoundAtThatRowsSequence() throws Exception {
    try (Tables tables = new Tables(store())) {
      tables.configure(NARROW);
      long aside = putAside(tables);
      tables.configure(WIDE);
      tables.steps("run", 0, 100);
      tables.seal("run");
      retry(tables, aside);
      tables.steps("run", 100, 100);
      tables.seal("run");

      MetricTable table = MetricTable.open(tables.metrics());
      assertThat(table.parts()).hasSize(2);
      assertThat(rowsUpTo(table, aside)).isEqualTo(1);
      assertThat(rowsUpTo(table, table.parts().get(0).lastSequence())).isEqualTo(101);
    }
  }

  @Test
  void retriedRowInTheOpenPartIsFoundAtItsSequence() throws Exception {
    try (Tables tables = new Tables(store())) {
      tables.configure(NARROW);
      long aside = putAside(tables);
      tables.configure(WIDE.withFlush(new FlushPolicy(1, 100_000_000)));
      retry(tables, aside);
      Tables.await(
          "an open part",
          () -> {
            try {
              return !MetricTable.open(tables.metrics()).openParts().isEmpty();
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });

      MetricTable table = MetricTable.open(tables.metrics());
      assertThat(table.sequence()).isGreaterThan(aside);
      assertThat(rowsUpTo(table, aside)).isEqualTo(1);
      assertThat(rowsUpTo(table, aside - 1)).isZero();
    }
  }

  private static String[] names(int count) {
    String[] names = new String[count];
    for (int i = 0; i < count; i++) {
      names[i] = "m" + i;
    }
    return names;
  }
}
