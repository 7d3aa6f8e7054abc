// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ringfold.AckLevel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A training process that is killed: what it was told is stored is there, once. */
@Timeout(300)
final class LoggerKillTest {
  private static final int KILLS = 3;
  private static final int LOSSY_PER_ACKNOWLEDGED = 50;

  @TempDir Path directory;

  /** Trains until it is killed; writes down each row that was acknowledged. */
  static final class Training {
    private Training() {}

    public static void main(String[] arguments) throws IOException {
      Path store = Path.of(arguments[0]);
      MetricsLogger logger =
          MetricsLogger.builder(store)
              .run("r")
              .flush(FlushPolicy.of(10, Duration.ofMillis(200)))
              .log(JournalRows::small)
              .open();
      Path acknowledged = store.resolveSibling("acknowledged-" + logger.attempt());
      Files.createFile(acknowledged);
      for (long step = 0; ; step++) {
        if (step % LOSSY_PER_ACKNOWLEDGED == 0) {
          logger.step(0, step).trainLoss(1.0 / (step + 1)).append(AckLevel.JOURNAL).join();
          byte[] line = (step + "\n").getBytes(StandardCharsets.UTF_8);
          Files.write(acknowledged, line, StandardOpenOption.APPEND);
        } else {
          logger.step(0, step).trainLoss(1.0 / (step + 1)).costUsd(0.5).log();
        }
        if (step == 30_000) {
          System.out.println("under way");
          System.out.flush();
        }
      }
    }
  }

  @Test
  void acknowledgedRowsAreInTheTableOnceAndTheCostsAreThoseOfTheJournal() throws Exception {
    Path store = directory.resolve("store");
    for (int kill = 0; kill < KILLS; kill++) {
      KilledJvm.run(Training.class, store, kill * 70L);
    }
    double costs;
    try (MetricsLogger logger =
        MetricsLogger.builder(store).resume("r").log(JournalRows::small).open()) {
      assertThat(logger.attempt()).isEqualTo(KILLS);
      costs = logger.stats().costs().costUsd();
    }

    Path table = store.resolve("outputs/metrics.parquet");
    List<JournalRows.Row> journal = JournalRows.read(store);
    assertThat(TableQueries.ask(table, "select count(*), count(distinct seq) from $t"))
        .containsExactly(journal.size() + "|" + journal.size());
    assertThat(Double.parseDouble(TableQueries.ask(table, "select sum(cost_usd) from $t").get(0)))
        .isEqualTo(costs, within(1e-6));
    for (int attempt = 0; attempt < KILLS; attempt++) {
      List<String> steps = Files.readAllLines(directory.resolve("acknowledged-" + attempt));
      List<String> stored =
          TableQueries.ask(
              table,
              "select step from $t where attempt = "
                  + attempt
                  + " and step % "
                  + LOSSY_PER_ACKNOWLEDGED
                  + " = 0 order by step");
      assertThat(steps).hasSizeGreaterThan(500);
      assertThat(stored).doesNotHaveDuplicates().containsAll(steps);
    }
    assertThat(MetricTable.open(table).verify()).isEmpty();
  }

  /** Trains a little, and is killed while it closes. */
  static final class Closing {
    private Closing() {}

    public static void main(String[] arguments) {
      MetricsLogger logger =
          MetricsLogger.builder(Path.of(arguments[0])).run("r").log(JournalRows::small).open();
      for (long step = 0; step < 2_000; step++) {
        logger.step(0, step).trainLoss(1.0 / (step + 1)).log();
      }
      System.out.println("under way");
      System.out.flush();
      logger.close();
      LockSupport.parkNanos(Duration.ofMinutes(1).toNanos());
    }
  }

  @Test
  void killAtAnyMomentOfTheCloseLosesNothingOfTheJournalAndHasNothingTwice() throws Exception {
    Path store = directory.resolve("store");
    long[] moments = {0, 30, 90, 200, 500};
    for (long moment : moments) {
      KilledJvm.run(Closing.class, store, moment);
    }
    MetricsLogger.builder(store).resume("r").log(JournalRows::small).open().close();

    Path table = store.resolve("outputs/metrics.parquet");
    int rows = JournalRows.read(store).size();
    assertThat(rows).isLessThanOrEqualTo(2_000 * moments.length);
    assertThat(
            TableQueries.ask(table, "select count(*), count(distinct seq), max(attempt) from $t"))
        .containsExactly(rows + "|" + rows + "|" + (moments.length - 1));
    assertThat(
            TableQueries.ask(
                store.resolve("outputs/ledger.parquet"),
                "select count(*) from (select session, producer, arg_max(offered - stored - dropped,"
                    + " seq) as lost from $t where kind = 'mark' group by all) where lost <> 0"))
        .containsExactly("0");
    assertThat(MetricTable.open(table).verify()).isEmpty();
  }
}
