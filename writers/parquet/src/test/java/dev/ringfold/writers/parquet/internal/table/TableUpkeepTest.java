// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.MetricsRow;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.writers.parquet.Compression;
import dev.ringfold.writers.parquet.FlushPolicy;
import dev.ringfold.writers.parquet.MetricRows;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.MetricTables;
import dev.ringfold.writers.parquet.Partition;
import dev.ringfold.writers.parquet.TableOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Options, partitions, compaction, verification and repair. */
@Tag("smoke")
class TableUpkeepTest {
  @TempDir Path directory;

  private Path store() {
    return directory.resolve("store");
  }

  private Path again() {
    return directory.resolve("again");
  }

  @Test
  void compactionKeepsRowsAndLeavesFewFiles() throws Exception {
    Map<String, String> live;
    try (Tables tables = new Tables(store());
        Duck duck = new Duck()) {
      for (int i = 0; i < 20; i++) {
        tables.steps("run", i * 100L, 100);
        if (i == 10) {
          MetricsRow row = tables.row("run", MetricLayout.builder().doubles("late").build());
          Tables.offer(row.begin(0, 5_000).set(0, 1.0));
        }
        tables.seal("run");
      }
      MetricTable before = MetricTable.open(tables.metrics());
      assertThat(before.parts()).hasSize(20);
      tables.compact(MetricTables.compaction(tables.outputs).orElseThrow().upTo());
      MetricTable after = MetricTable.open(tables.metrics());
      assertThat(after.parts()).hasSize(1);
      assertThat(after.rowHash()).isEqualTo(before.rowHash());
      assertThat(after.sealedRows()).isEqualTo(2_001);
      assertThat(after.verify()).isEmpty();
      assertThat(before.verify()).as("a reader that opened it before").isEmpty();
      String glob = Duck.glob(tables.metrics());
      assertThat(duck.row("select count(*), count(distinct seq), sum(late) from " + glob))
          .containsExactly(2_001L, 2_001L, 1.0);
      tables.steps("run", 10_000, 50);
      tables.seal("run");
      assertThat(duck.number("select count(distinct seq) from " + glob)).isEqualTo(2_051);
      live = Tables.sealed(tables.metrics());
    }
    assertThat(Tables.sealed(Tables.rebuild(store(), again()))).isEqualTo(live).hasSize(2);
  }

  @Test
  void compactionSplitsAtFullFiles() throws Exception {
    Map<String, String> live;
    try (Tables tables = new Tables(store())) {
      tables.configure(TableOptions.defaults().withPartRows(50_000));
      tables.steps("run", 0, 300_000);
      tables.seal("run");
      MetricTable before = MetricTable.open(tables.metrics());
      assertThat(before.parts()).hasSize(6);
      tables.compact(before.sequence());
      MetricTable after = MetricTable.open(tables.metrics());
      assertThat(after.parts())
          .extracting(MetricTable.Part::rows)
          .containsExactly(131_072L, 131_072L, 37_856L);
      assertThat(after.rowHash()).isEqualTo(before.rowHash());
      tables.steps("run", 300_000, 10);
      tables.seal("run");
      tables.compact(tables.log.lastSequence());
      MetricTable twice = MetricTable.open(tables.metrics());
      assertThat(twice.parts())
          .extracting(MetricTable.Part::rows)
          .containsExactly(131_072L, 131_072L, 37_866L);
      assertThat(twice.parts().get(0).sha256()).isEqualTo(after.parts().get(0).sha256());
      live = Tables.sealed(tables.metrics());
    }
    assertThat(Tables.sealed(Tables.rebuild(store(), again()))).isEqualTo(live);
  }

  @Test
  void anOrderWithNothingToDoChangesNothing() throws Exception {
    try (Tables tables = new Tables(store())) {
      tables.steps("run", 0, 10);
      tables.seal("run");
      Map<String, String> before = Tables.sealed(tables.metrics());
      tables.compact(Long.MAX_VALUE);
      assertThat(Tables.sealed(tables.metrics())).isEqualTo(before);
      assertThat(Files.readSymbolicLink(tables.metrics()))
          .hasToString("metrics.parquet.generations/000001");
    }
  }

  @Test
  void partitionedByRun() throws Exception {
    List<String> runs = List.of("00123", "123", "a/b c", "ü=%", "x".repeat(500), "../..");
    Map<String, String> live;
    try (Tables tables = new Tables(store());
        Duck duck = new Duck()) {
      tables.configure(TableOptions.defaults().withPartition(Partition.RUN));
      for (int i = 0; i < 600; i++) {
        tables.steps(runs.get(i % runs.size()), i, 1);
      }
      tables.seal("none");
      tables.steps(runs.get(0), 600, 100);
      tables.seal("none");
      String glob = Duck.deepGlob(tables.metrics());
      assertThat(duck.rows("select run_id, count(*) from " + glob + " group by 1"))
          .map(row -> row.get(0) + " " + row.get(1))
          .containsExactlyInAnyOrder(
              "00123 200",
              "123 100",
              "a/b c 100",
              "ü=% 100",
              "x".repeat(500) + " 100",
              "../.. 100");
      assertThat(Tables.sealed(tables.metrics())).hasSize(7);
      MetricTable before = MetricTable.open(tables.metrics());
      tables.compact(tables.log.lastSequence());
      MetricTable after = MetricTable.open(tables.metrics());
      assertThat(after.parts()).hasSize(6);
      assertThat(after.rowHash()).isEqualTo(before.rowHash());
      duck.run(Files.readString(tables.outputs.resolve("metrics.sql")));
      assertThat(duck.number("select count(distinct seq) from metrics")).isEqualTo(700);
      live = Tables.sealed(tables.metrics());
    }
    assertThat(Tables.sealed(Tables.rebuild(store(), again()))).isEqualTo(live);
  }

  @Test
  void partitionedByDateShowsOpenPartsToo() throws Exception {
    try (Tables tables = new Tables(store());
        Duck duck = new Duck()) {
      tables.configure(
          TableOptions.defaults()
              .withPartition(Partition.DATE)
              .withFlush(FlushPolicy.of(1, Duration.ofSeconds(1)))
              .withSealAfter(Duration.ofHours(1)));
      MetricsRow row = tables.row("run", Tables.TRAINING);
      long noon = Instant.parse("2026-02-28T12:00:00Z").getEpochSecond();
      for (int i = 0; i < 100; i++) {
        long ts = TimeUnit.SECONDS.toNanos(noon + i * 3_600L);
        Tables.offer(row.begin(MetricsLogged.Kind.STEP, 0, 0, i, ts).set(0, i));
      }
      String glob = Duck.deepGlob(tables.metrics());
      Tables.await(
          "open parts",
          () -> {
            try {
              return duck.number("select count(*) from " + glob) == 100;
            } catch (java.sql.SQLException notYet) {
              return false;
            }
          });
      assertThat(TableSnapshot.read(tables.metrics()).openParts()).hasSize(5);
      tables.seal("run");
      assertThat(duck.rows("select date, count(*) from " + glob + " group by 1 order by 1"))
          .map(found -> found.get(0) + " " + found.get(1))
          .containsExactly(
              "2026-02-28 12", "2026-03-01 24", "2026-03-02 24", "2026-03-03 24", "2026-03-04 16");
    }
  }

  @Test
  void everyCodecIsReadByDuckDbAndChangesAtItsEvent() throws Exception {
    try (Tables tables = new Tables(store());
        Duck duck = new Duck()) {
      for (Compression codec : Compression.values()) {
        tables.configure(TableOptions.defaults().withCompression(codec));
        tables.steps("run", codec.ordinal() * 1_000L, 1_000);
      }
      tables.seal("run");
      assertThat(duck.row("select count(*), sum(train_loss) from " + Duck.glob(tables.metrics())))
          .containsExactly(5_000L, 4_999 * 2_500.0);
      assertThat(Tables.sealed(tables.metrics())).hasSize(5);
      assertThat(MetricTables.configuration(tables.outputs, TableOptions.defaults())).isPresent();
      assertThat(
              MetricTables.configuration(
                  tables.outputs, TableOptions.defaults().withCompression(Compression.NONE)))
          .isEmpty();
    }
  }

  @Test
  void ageSealsByTheLogsClock() throws Exception {
    try (Tables tables = new Tables(store())) {
      tables.configure(TableOptions.defaults().withSealAfter(Duration.ofSeconds(1)));
      tables.steps("run", 0, 10);
      Tables.await("a sealed part", () -> sealedRows(tables) == 10);
    }
    Map<String, String> rebuilt = Tables.sealed(Tables.rebuild(store(), again()));
    assertThat(rebuilt).isEqualTo(Tables.sealed(store().resolve("outputs/metrics.parquet")));
  }

  private static long sealedRows(Tables tables) {
    try {
      return MetricTable.open(tables.metrics()).sealedRows();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void withoutAnOpenPartThereAreOnlySealedFiles() throws Exception {
    try (Tables tables = new Tables(store())) {
      tables.configure(TableOptions.defaults().withOpenPart(false));
      tables.steps("run", 0, 1_000);
      tables.awaitApplied();
      assertThat(MetricTable.open(tables.metrics()).files()).isEmpty();
      tables.seal("run");
      assertThat(MetricTable.open(tables.metrics()).files()).hasSize(1);
    }
  }

  @Test
  void damageIsNamedAndMendedByARebuild() throws Exception {
    try (Tables tables = new Tables(store())) {
      for (int i = 0; i < 3; i++) {
        tables.steps("run", i * 100L, 100);
        tables.seal("run");
      }
      Map<String, String> good = Tables.sealed(tables.metrics());
      Path damaged = MetricTable.open(tables.metrics()).parts().get(1).file();
      try (FileChannel channel = FileChannel.open(damaged, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 100);
      }
      assertThat(MetricTable.open(tables.metrics()).verify())
          .singleElement()
          .satisfies(problem -> assertThat(problem.file()).isEqualTo(damaged))
          .satisfies(
              problem -> assertThat(problem.problem()).contains("row group 0").contains("Rebuild"));
      tables.runtime.reset(MetricsProjection.NAME);
      tables.awaitApplied();
      assertThat(MetricTable.open(tables.metrics()).verify()).isEmpty();
      assertThat(Tables.sealed(tables.metrics())).isEqualTo(good);
    }
  }

  @Test
  void theReaderSeesSealedAndOpenRows() throws Exception {
    try (Tables tables = new Tables(store())) {
      tables.steps("run", 0, 100);
      tables.seal("run");
      MetricsRow row = tables.row("run", MetricLayout.builder().doubles("new").build());
      for (int i = 100; i < 300; i++) {
        Tables.offer(row.begin(0, i).set(0, 0.5));
      }
      Tables.await("an open part", () -> openParts(tables) == 1);
      MetricTable table = MetricTable.open(tables.metrics());
      assertThat(table.columns()).extracting(MetricTable.ColumnSummary::name).contains("new");
      long steps = 0;
      double news = 0;
      int rows = 0;
      try (MetricRows found = table.rows()) {
        while (found.next()) {
          rows++;
          steps += found.longAt(found.column("step"));
          news += found.isNull(found.column("new")) ? 0 : found.doubleAt(found.column("new"));
        }
      }
      assertThat(rows).isGreaterThan(100);
      assertThat(steps).isEqualTo((long) rows * (rows - 1) / 2);
      assertThat(news).isEqualTo((rows - 100) * 0.5);
      assertThat(table.verify()).isEmpty();
    }
  }

  private static int openParts(Tables tables) {
    try {
      return MetricTable.open(tables.metrics()).openParts().size();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
