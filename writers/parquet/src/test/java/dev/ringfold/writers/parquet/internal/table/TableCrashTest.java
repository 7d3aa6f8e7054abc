// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.writers.parquet.MetricTable;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whenever the process dies, the table ends up with each row of the journal once. */
class TableCrashTest {
  private static final long SEED = Long.getLong("ringfold.seed", 20261121L);
  private static final int KILLS = 20;
  private static final int SOAK_KILLS = 1_000;
  private static final long MAX_LIFE_MILLIS = 1_500;
  private static final int START_SECONDS = 120;

  private static final List<String> POINTS =
      List.of(
          "table.part.tmpWritten",
          "table.part.renamed",
          "table.commit.tmpWritten",
          "table.commit.renamed",
          "table.open.renamed",
          "table.compact.written",
          "table.compact.switched",
          "projection.opened",
          "projection.commit.before",
          "projection.commit.after",
          "projection.refresh.after");

  @TempDir Path directory;

  private Path store() {
    return directory.resolve("store");
  }

  @Test
  void deathAtEachPointLosesAndDoublesNothing() throws Exception {
    assertThat(POINTS)
        .containsAll(
            FaultPoint.names().stream().filter(name -> name.startsWith("table.")).toList());
    SplittableRandom random = new SplittableRandom(SEED);
    for (String point : POINTS) {
      int hit = point.equals("projection.opened") ? 1 : random.nextInt(1, 4);
      Process child = start("-D" + FaultPoint.PROPERTY + "=" + point + ":" + hit);
      boolean ended = child.waitFor(START_SECONDS, TimeUnit.SECONDS);
      child.destroyForcibly();
      assertThat(ended).as("%s was come to", point).isTrue();
      assertThat(child.exitValue()).as(point).isEqualTo(FaultPoint.HALT_STATUS);
      check(point + ":" + hit);
    }
    checkRebuild();
  }

  @Test
  void killsLoseAndDoubleNothing() throws Exception {
    kill(KILLS);
  }

  @Test
  @Tag("soak")
  void manyKillsLoseAndDoubleNothing() throws Exception {
    kill(SOAK_KILLS);
  }

  private void kill(int kills) throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < kills; i++) {
      Process child = start("-Dkill=" + i);
      try (BufferedReader out = child.inputReader(StandardCharsets.UTF_8)) {
        assertThat(out.readLine()).as("kill %s", i).isEqualTo("running");
        child.waitFor(random.nextLong(MAX_LIFE_MILLIS), TimeUnit.MILLISECONDS);
        assertThat(child.isAlive()).as("kill %s", i).isTrue();
      } finally {
        child.destroyForcibly();
      }
      assertThat(child.waitFor(START_SECONDS, TimeUnit.SECONDS)).isTrue();
      if (i % (1 + kills / KILLS) == 0) {
        check("kill " + i + " with seed " + SEED);
      }
    }
    check("the last kill");
    checkRebuild();
  }

  /** The table as the dead left it, and after it was opened again. */
  private void check(String when) throws IOException, SQLException {
    Path table = store().resolve("outputs").resolve(MetricsProjection.TABLE);
    try (Duck duck = new Duck()) {
      List<Object> dead = List.of(0L, 0L);
      if (Files.exists(table) && !MetricTable.open(table).files().isEmpty()) {
        dead = duck.row("select count(*), count(distinct seq) from " + Duck.glob(table));
        assertThat(dead.get(0)).as("rows twice after %s", when).isEqualTo(dead.get(1));
      }
      try (Tables tables = new Tables(store())) {
        tables.steps("closing", 0, 1);
        tables.seal("closing");
        long[] rows = journal(tables);
        assertThat(rows[0]).as(when).isGreaterThanOrEqualTo((Long) dead.get(0));
        assertThat(
                duck.row(
                    "select count(*), count(distinct seq), sum(seq)::bigint from "
                        + Duck.glob(table)))
            .as(when)
            .containsExactly(rows[0], rows[0], rows[1]);
        assertThat(MetricTable.open(table).verify()).as(when).isEmpty();
        assertThat(MetricTable.open(table).openParts()).as(when).isEmpty();
      }
    }
  }

  private static long[] journal(Tables tables) {
    long[] rows = new long[2];
    try (Tailer tailer = tables.log.tailer().types(BuiltinTypes.METRICS_LOGGED.id()).open()) {
      int count;
      do {
        count =
            tailer.poll(
                event -> {
                  rows[0]++;
                  rows[1] += event.sequence();
                },
                10_000);
      } while (count > 0);
    }
    return rows;
  }

  private void checkRebuild() throws IOException {
    Map<String, String> live =
        Tables.sealed(store().resolve("outputs").resolve(MetricsProjection.TABLE));
    assertThat(Tables.sealed(Tables.rebuild(store(), directory.resolve("again")))).isEqualTo(live);
  }

  private Process start(String property) throws IOException {
    return ChildJvm.start(
        TableCrashChild.class,
        directory.resolve("child.err"),
        List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", property),
        store().toString());
  }
}
