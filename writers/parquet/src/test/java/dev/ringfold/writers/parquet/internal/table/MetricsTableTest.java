// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.MetricsRow;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.TableOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTableTest {
  @TempDir Path store;

  @Test
  void duckDbReadsWhatWasLogged() throws Exception {
    try (Tables tables = new Tables(store);
        Duck duck = new Duck()) {
      tables.steps("run-1", 0, 1_000);
      tables.seal("run-1");
      tables.steps("run-2", 0, 500);
      tables.seal("run-2");
      String table = Duck.glob(tables.metrics());
      assertThat(
              duck.row(
                  "select count(*), count(distinct seq), count(distinct run_id), sum(train_loss)"
                      + " from "
                      + table))
          .map(Object::toString)
          .containsExactly("1500", "1500", "2", Double.toString(999 * 500.0 + 499 * 250.0));
      assertThat(
              duck.row(
                  "select run_id, attempt, kind, epoch, step, train_loss, val_loss, backend from "
                      + table
                      + " where run_id = 'run-2' and step = 7"))
          .containsExactly("run-2", 0, "step", 0L, 7L, 7.0, null, null);
      assertThat(
              duck.number(
                  "select count(*) from "
                      + table
                      + " where timestamp <> (ts // 1000000000) + (ts % 1000000000) / 1e9"))
          .isZero();
      assertThat(Files.isSymbolicLink(tables.metrics())).isTrue();
    }
  }

  @Test
  void columnsHaveTheirNamesTypesAndOrder() throws Exception {
    try (Tables tables = new Tables(store);
        Duck duck = new Duck()) {
      tables.steps("run", 0, 1);
      tables.seal("run");
      assertThat(duck.rows("describe select * from " + Duck.glob(tables.metrics())))
          .map(row -> row.get(0) + " " + row.get(1))
          .startsWith(
              "seq BIGINT",
              "run_id VARCHAR",
              "attempt INTEGER",
              "kind VARCHAR",
              "ts BIGINT",
              "epoch BIGINT",
              "step BIGINT",
              "timestamp DOUBLE",
              "train_loss DOUBLE")
          .contains("circuits_executed BIGINT", "backend VARCHAR")
          .hasSize(23);
    }
  }

  @Test
  void specialDoublesSurvive() throws Exception {
    MetricLayout layout = MetricLayout.builder().doubles("x").build();
    double[] values = {
      Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0, 0.0, Double.MIN_VALUE
    };
    try (Tables tables = new Tables(store);
        Duck duck = new Duck()) {
      MetricsRow row = tables.row("run", layout);
      for (int i = 0; i < values.length; i++) {
        Tables.offer(row.begin(0, i).set(0, values[i]));
      }
      tables.seal("run");
      List<List<Object>> found =
          duck.rows("select x from " + Duck.glob(tables.metrics()) + " order by step");
      assertThat(found)
          .map(cells -> Double.doubleToLongBits((Double) cells.get(0)))
          .containsExactly(
              Double.doubleToLongBits(Double.NaN),
              Double.doubleToLongBits(Double.POSITIVE_INFINITY),
              Double.doubleToLongBits(Double.NEGATIVE_INFINITY),
              Double.doubleToLongBits(-0.0),
              0L,
              1L);
    }
  }

  @Test
  void aMetricThatAppearsLaterBecomesAColumn() throws Exception {
    try (Tables tables = new Tables(store);
        Duck duck = new Duck()) {
      tables.steps("run", 0, 10);
      tables.seal("run");
      MetricLayout more =
          MetricLayout.builder()
              .doubles("train_loss", "perplexity")
              .column("tokens", MetricType.LONG)
              .column("phase", MetricType.STRING)
              .column("warm", MetricType.BOOLEAN)
              .build();
      MetricsRow row = tables.row("run", more);
      Tables.offer(
          row.begin(0, 10).set(0, 1.5).set(1, 20.0).set(2, 7L).set(3, "start").set(4, true));
      Tables.offer(row.begin(0, 11).set(4, false));
      tables.seal("run");
      duck.run(Files.readString(tables.outputs.resolve("metrics.sql")));
      assertThat(
              duck.rows(
                  "select step, train_loss, perplexity, tokens, phase, warm from metrics"
                      + " where step >= 9 order by step"))
          .containsExactly(
              java.util.Arrays.asList(9L, 9.0, null, null, null, null),
              java.util.Arrays.asList(10L, 1.5, 20.0, 7L, "start", true),
              java.util.Arrays.asList(11L, null, null, null, null, false));
    }
  }

  @Test
  void clashesOfTypeSystemNameAndCaseGetSiblings() throws Exception {
    MetricLayout first = MetricLayout.builder().doubles("loss", "seq", "Loss", "date").build();
    MetricLayout second =
        MetricLayout.builder()
            .column("loss", MetricType.LONG)
            .column("loss__long", MetricType.DOUBLE)
            .column("TRAIN_LOSS", MetricType.DOUBLE)
            .build();
    try (Tables tables = new Tables(store);
        Duck duck = new Duck()) {
      MetricsRow row = tables.row("run", first);
      Tables.offer(row.begin(0, 0).set(0, 0.5).set(1, 1.5).set(2, 2.5).set(3, 3.5));
      MetricsRow other = tables.row("run", second);
      Tables.offer(other.begin(0, 1).set(0, 4L).set(1, 5.5).set(2, 6.5));
      tables.seal("run");
      assertThat(
              duck.rows(
                  "select loss, seq__double, Loss__double, date__double, loss__long,"
                      + " loss__long__double, TRAIN_LOSS__double from "
                      + Duck.glob(tables.metrics())
                      + " order by step"))
          .containsExactly(
              java.util.Arrays.asList(0.5, 1.5, 2.5, 3.5, null, null, null),
              java.util.Arrays.asList(null, null, null, null, 4L, 5.5, 6.5));
    }
  }

  @Test
  void oneColumnTooManyIsADeadLetterAndNothingElseIsLost() throws Exception {
    String[] names = new String[4_000];
    for (int i = 0; i < names.length; i++) {
      names[i] = "m" + i;
    }
    String[] others = new String[200];
    for (int i = 0; i < others.length; i++) {
      others[i] = "n" + i;
    }
    try (Tables tables = new Tables(store);
        Duck duck = new Duck()) {
      MetricsRow wide = tables.row("run", MetricLayout.builder().doubles(names).build());
      MetricsRow tooWide = tables.row("run", MetricLayout.builder().doubles(others).build());
      Tables.offer(wide.begin(0, 0).set(3_999, 1.0));
      Tables.offer(tooWide.begin(0, 1).set(0, 2.0));
      tables.steps("run", 2, 10);
      tables.seal("run");
      Tables.await(
          "a dead letter", () -> tables.runtime.status(MetricsProjection.NAME).deadLetters() == 1);
      String table = Duck.glob(tables.metrics());
      assertThat(duck.number("select count(*) from " + table)).isEqualTo(11);
      assertThat(duck.number("select count(*) from " + table + " where m3999 = 1.0")).isEqualTo(1);
      assertThat(duck.number("select count(*) from (describe select * from " + table + ")"))
          .isEqualTo(4_023);
    }
  }

  @Test
  void tableWithMoreColumnsThanItMayHaveTakesRowsThatAddNone() throws Exception {
    TableOptions narrow = TableOptions.defaults().withMaxColumns(TableOptions.MIN_COLUMNS);
    String[] names = new String[TableOptions.MIN_COLUMNS];
    for (int i = 0; i < names.length; i++) {
      names[i] = "m" + i;
    }
    MetricLayout known = MetricLayout.builder().doubles(names).build();
    try (Tables tables = new Tables(store)) {
      Tables.offer(tables.row("run", known).begin(0, 0).set(0, 1.0));
      tables.configure(narrow);
    }
    try (Tables tables = new Tables(store)) {
      Tables.offer(tables.row("run", known).begin(0, 1).set(0, 1.0));
      Tables.offer(
          tables.row("run", MetricLayout.builder().doubles("one more").build()).begin(0, 2));
      tables.seal("run");

      Tables.await(
          "the row that adds one aside, and no other",
          () -> tables.runtime.status(MetricsProjection.NAME).deadLetters() == 1);
      assertThat(MetricTable.open(tables.metrics()).sealedRows()).isEqualTo(2);
    }
  }

  @Test
  void epochsAttemptsAndLatest() throws Exception {
    try (Tables tables = new Tables(store);
        Duck duck = new Duck()) {
      MetricsRow row = tables.row("run", Tables.TRAINING);
      for (int attempt = 0; attempt < 2; attempt++) {
        for (int step = 131; step <= 150; step++) {
          Tables.offer(
              row.begin(MetricsLogged.Kind.STEP, attempt, 1, step, Long.MIN_VALUE)
                  .set(0, step + attempt / 2.0));
        }
      }
      Tables.offer(row.begin(MetricsLogged.Kind.EPOCH, 1, 1, -1, Long.MIN_VALUE).set(1, 0.25));
      tables.seal("run");
      duck.run(Files.readString(tables.outputs.resolve("metrics.sql")));
      assertThat(duck.number("select count(*) from metrics where kind = 'step'")).isEqualTo(40);
      assertThat(duck.number("select count(*) from latest where kind = 'step'")).isEqualTo(20);
      assertThat(duck.number("select count(*) from latest where attempt = 1")).isEqualTo(21);
      assertThat(duck.row("select kind, step, val_loss from latest where kind = 'epoch'"))
          .containsExactly("epoch", -1L, 0.25);
    }
  }

  @Test
  void rebuildGivesTheSameParts() throws Exception {
    Map<String, String> live;
    try (Tables tables = new Tables(store)) {
      for (int i = 0; i < 5; i++) {
        tables.steps("run-" + i, 0, 300 * (i + 1));
        tables.seal("run-" + i);
      }
      live = Tables.sealed(tables.metrics());
    }
    assertThat(live).hasSize(5);
    Path again = Tables.rebuild(store, store.resolveSibling("again"));
    assertThat(Tables.sealed(again)).isEqualTo(live);
  }

  @Test
  void theOpenPartShowsRowsBeforeTheyAreSealed() throws Exception {
    try (Tables tables = new Tables(store);
        Duck duck = new Duck()) {
      tables.steps("run", 0, 200);
      String table = Duck.glob(tables.metrics());
      Tables.await(
          "200 rows",
          () -> {
            try {
              return duck.number("select count(distinct seq) from " + table) == 200;
            } catch (java.sql.SQLException notYet) {
              return false;
            }
          });
      assertThat(TableSnapshot.read(tables.metrics()).openParts()).hasSize(1);
      Path open = TableSnapshot.read(tables.metrics()).openParts().get(0);
      Path script = tables.outputs.resolve("metrics.sql");
      Tables.await("the script names the open part", () -> read(script).contains(open.toString()));
      duck.run(read(script));
      assertThat(duck.number("select count(*) from metrics")).isEqualTo(200);
      tables.seal("run");
      assertThat(TableSnapshot.read(tables.metrics()).openParts()).isEmpty();
      assertThat(Tables.sealed(tables.metrics()))
          .containsOnlyKeys(String.valueOf(open.getFileName()));
    }
  }

  /** A row group that has just ended may not hide the rows behind it: nobody follows with them. */
  @Test
  void aFoldShowsTheRowsBehindTheLastGroup() throws Exception {
    try (Tables tables = new Tables(store)) {
      tables.steps("run", 0, 150);
      long end = System.nanoTime() + RowGroups.MIN_AGE_NANOS;
      Tables.await("the age of a row group", () -> System.nanoTime() - end > 0);
      tables.steps("run", 150, 10);
    }
    Path table = Tables.rebuild(store, store.resolve("again"));
    try (Duck duck = new Duck()) {
      assertThat(duck.number("select count(distinct seq) from " + Duck.glob(table))).isEqualTo(160);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
