// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.MetricsRow;
import dev.ringfold.writers.parquet.FlushPolicy;
import dev.ringfold.writers.parquet.MetricRows;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.TableOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers that look at a table all the time while it is written see a growing prefix. */
class TableReaderTest {
  private static final Duration SHORT = Duration.ofSeconds(60);
  private static final Duration SOAK = Duration.ofMinutes(30);
  private static final long PAUSE_NANOS = 1_000_000L;

  /** Between two queries: the writer, too, needs the processors. */
  private static final long QUERY_PAUSE_NANOS = 5_000_000L;

  @TempDir Path store;

  /** Steps 0, 1, 2 and so on, each once, until it is told to stop. */
  private static final class Writer extends Thread {
    private final Tables tables;
    private final boolean compacting;
    private final AtomicBoolean stop = new AtomicBoolean();

    Writer(Tables tables, boolean compacting) {
      this.tables = tables;
      this.compacting = compacting;
      tables.producer.handOver();
    }

    @Override
    public void run() {
      MetricsRow row = tables.row("run", Tables.TRAINING);
      for (long step = 0; !stop.get(); step++) {
        Tables.offer(row.begin(0, step).set(0, (double) step));
        if (step % 5 == 0) {
          LockSupport.parkNanos(PAUSE_NANOS);
        }
        if (compacting && step % 2_000 == 1_999) {
          tables.compact(tables.log.durableSequence());
        }
      }
    }

    void finish() throws InterruptedException {
      stop.set(true);
      join();
      tables.producer.handOver();
    }
  }

  @Test
  void aPlainGlobSeesNoErrorNoRowTwiceAndNoHole() throws Exception {
    plainGlob(SHORT, options());
  }

  @Test
  void aPlainGlobOfSealedPartsSeesNoErrorAtAll() throws Exception {
    plainGlob(SHORT.dividedBy(6), options().withOpenPart(false));
  }

  @Test
  @Tag("soak")
  void aPlainGlobSeesNoErrorNoRowTwiceAndNoHoleForHalfAnHour() throws Exception {
    plainGlob(SOAK, options());
  }

  private void plainGlob(Duration duration, TableOptions options) throws Exception {
    try (Tables tables = new Tables(store);
        Duck duck = new Duck()) {
      tables.configure(options);
      Writer writer = new Writer(tables, false);
      writer.start();
      awaitFirstPart(tables);
      long end = System.nanoTime() + duration.toNanos();
      long queries = 0;
      long before = 0;
      while (System.nanoTime() < end) {
        queries++;
        before = checkPrefix(query(duck, Duck.glob(tables.metrics())), before, queries);
      }
      writer.finish();
      System.out.printf("%d queries, %d rows, no error%n", queries, before);
      assertThat(queries).isGreaterThan(duration.toSeconds());
      assertThat(MetricTable.open(tables.metrics()).parts()).hasSizeGreaterThan(2);
    }
  }

  private static List<Object> query(Duck duck, String files) throws SQLException {
    LockSupport.parkNanos(QUERY_PAUSE_NANOS);
    return duck.row(
        "select count(*), count(distinct seq), coalesce(sum(step), 0)::bigint from " + files);
  }

  @Test
  void pinnedFilesAreReadWithoutAnError() throws Exception {
    Path pins = Files.createDirectory(store.resolveSibling(store.getFileName() + "-pins"));
    try (Tables tables = new Tables(store);
        Duck duck = new Duck()) {
      tables.configure(options());
      Writer writer = new Writer(tables, true);
      writer.start();
      awaitFirstPart(tables);
      long end = System.nanoTime() + SHORT.toNanos() / 6;
      long before = 0;
      for (long queries = 0; System.nanoTime() < end; queries++) {
        List<Path> files = MetricTable.open(tables.metrics()).pinnedFiles(pins);
        String list = files.stream().map(file -> "'" + file + "'").collect(Collectors.joining(","));
        before = checkPrefix(query(duck, "read_parquet([" + list + "])"), before, queries);
        for (Path file : files) {
          if (file.startsWith(pins)) {
            Files.delete(file);
          }
        }
      }
      writer.finish();
      assertThat(before).isPositive();
    } finally {
      TableFiles.deleteTree(pins);
    }
  }

  @Test
  void ourReaderSeesAPrefixAlsoWhileItIsCompacted() throws Exception {
    try (Tables tables = new Tables(store);
        Duck duck = new Duck()) {
      tables.configure(options());
      Writer writer = new Writer(tables, true);
      writer.start();
      awaitFirstPart(tables);
      long end = System.nanoTime() + SHORT.toNanos() / 6;
      long before = 0;
      long seen = 0;
      long errors = 0;
      long reads = 0;
      for (; System.nanoTime() < end; reads++) {
        before = checkPrefix(read(MetricTable.open(tables.metrics())), before, reads);
        try {
          seen = checkPrefix(query(duck, Duck.glob(tables.metrics())), seen, reads);
        } catch (SQLException missing) {
          // A plain glob may meet the switch or a new open part; never a wrong number.
          errors++;
        }
      }
      writer.finish();
      assertThat(errors).isLessThan(reads / 2);
      assertThat(TableDirectory.resolve(tables.metrics()).getFileName().toString())
          .isGreaterThan("000002");
    }
  }

  private static TableOptions options() {
    return TableOptions.defaults().withPartRows(1_500).withFlush(FlushPolicy.LOW_LATENCY);
  }

  private static void awaitFirstPart(Tables tables) {
    Tables.await(
        "the first part",
        () -> {
          try {
            return !MetricTable.open(tables.metrics()).files().isEmpty();
          } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  private static List<Object> read(MetricTable table) throws java.io.IOException {
    long count = 0;
    long sum = 0;
    try (MetricRows rows = table.rows()) {
      int step = rows.column("step");
      while (rows.next()) {
        count++;
        sum += rows.longAt(step);
      }
    }
    return List.of(count, count, sum);
  }

  /** Count, distinct count, sum of steps; returns the count. */
  private static long checkPrefix(List<Object> found, long before, long query) {
    long count = (Long) found.get(0);
    assertThat(found.get(1)).as("distinct rows of query %s", query).isEqualTo(count);
    assertThat(found.get(2)).as("sum of query %s", query).isEqualTo(count * (count - 1) / 2);
    assertThat(count).as("rows of query %s", query).isGreaterThanOrEqualTo(before);
    return count;
  }
}
