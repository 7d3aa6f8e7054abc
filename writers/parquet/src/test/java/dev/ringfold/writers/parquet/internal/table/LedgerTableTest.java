// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.EventLog;
import dev.ringfold.LogOption;
import dev.ringfold.MetricsRow;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTableTest {
  private static final String LAST_MARKS =
      "(select * from ledger where kind = 'mark' qualify row_number() over"
          + " (partition by session, producer order by seq desc) = 1)";

  @TempDir Path store;

  @Test
  void duckDbAloneChecksTheLedger() throws Exception {
    long offered = 0;
    long dropped = 0;
    for (int session = 0; session < 3; session++) {
      try (EventLog log = Tables.builder(store).set(LogOption.RING_SLOTS, 1024).build();
          Tables tables = new Tables(log, store.resolve("outputs"))) {
        MetricsRow row = tables.row("run", Tables.TRAINING);
        for (int i = 0; i < 300_000; i++) {
          row.begin(0, i).set(0, (double) i).offer();
        }
        offered += tables.producer.offered();
        dropped += tables.producer.dropped();
      }
    }
    assertThat(dropped).isPositive();
    Tables.rebuild(store, store.resolve("outputs"));
    Tables.rebuildLedger(store, store.resolve("outputs"));
    try (Duck duck = new Duck()) {
      duck.run(Files.readString(store.resolve("outputs/metrics.sql")));
      assertThat(
              duck.row(
                  "select count(*), sum(offered)::bigint, sum(dropped)::bigint,"
                      + " count(*) filter (offered <> stored + dropped) from "
                      + LAST_MARKS))
          .containsExactly(3L, offered, dropped, 0L);
      assertThat(
              duck.row(
                  "select sum(count)::bigint, count(distinct producer_name), min(producer_name)"
                      + " from ledger where kind = 'drops'"))
          .containsExactly(dropped, 1L, "test");
      assertThat(duck.number("select sum(stored)::bigint from " + LAST_MARKS))
          .isEqualTo(duck.number("select count(*) from metrics"))
          .isEqualTo(offered - dropped);
      assertThat(duck.rows("select distinct reason from ledger where kind = 'drops'"))
          .map(found -> found.get(0))
          .containsExactly("ring_full");
    }
  }
}
