// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.compat.AsyncBuffer;
import dev.ringfold.writers.parquet.JournalRows;
import dev.ringfold.writers.parquet.KilledJvm;
import dev.ringfold.writers.parquet.TableQueries;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The seed's list of tests, integration: the parts together, and a process that is killed. */
@Timeout(300)
final class SeedIntegrationTest {
  @TempDir Path directory;

  @Test
  void fullTrainingWorkflow() {
    Path output = directory.resolve("full_training/metrics.parquet");
    try (AsyncMetricsLogger logger = new AsyncMetricsLogger(output, 10_000)) {
      for (int epoch = 0; epoch < 5; epoch++) {
        double sum = 0;
        for (int step = 0; step < 100; step++) {
          double loss = 1.0 / (1 + epoch * 100 + step);
          sum += loss;
          Map<String, Object> metrics = new HashMap<>();
          metrics.put("train_loss", loss);
          metrics.put("grad_norm", 0.1 * loss);
          metrics.put("batch_time_ms", 12.5);
          metrics.put("cost_usd", step % 10 == 0 ? 0.01 : null);
          logger.logStep(epoch, epoch * 100 + step, metrics);
        }
        logger.logEpoch(epoch, Map.of("loss", sum / 100), Map.of("accuracy", 0.5 + epoch * 0.1));
      }
      assertThat(logger.loggerStats().costs().costUsd()).isBetween(0.4999, 0.5001);
    }

    assertThat(
            TableQueries.ask(
                output,
                "select count(*), count(cost_usd), sum(case when kind = 'epoch' then 1 else 0 end),"
                    + " max(val_accuracy), min(train_loss) < 0.01 from $t"))
        .containsExactly("505|50|5|0.9|true");
    assertThat(
            TableQueries.ask(
                output,
                "select e.epoch from $t e where e.step = -1 and abs(e.train_loss - (select"
                    + " avg(s.train_loss) from $t s where s.epoch = e.epoch and s.step >= 0)) <"
                    + " 1e-12 order by 1"))
        .containsExactly("0", "1", "2", "3", "4");
  }

  @Test
  void bufferWriterAndLoggerSideBySide() {
    AsyncBuffer<Map<String, ?>> buffer = new AsyncBuffer<>(10_000, "metrics");
    Path written = directory.resolve("written.parquet");
    Path logged = directory.resolve("logged.parquet");
    AsyncMetricsWriter writer = new AsyncMetricsWriter(buffer, written);
    writer.start();
    try (AsyncMetricsLogger logger = new AsyncMetricsLogger(logged, 10_000)) {
      for (int i = 0; i < 300; i++) {
        buffer.push(Map.of("epoch", 0, "step", i, "train_loss", i * 0.25));
        logger.logStep(0, i, Map.of("train_loss", i * 0.25));
      }
    }
    writer.stop();

    String sql = "select epoch, step, train_loss from $t order by step";
    assertThat(TableQueries.ask(written, sql))
        .isEqualTo(TableQueries.ask(logged, sql))
        .hasSize(300);
  }

  /** Logs until it is killed. */
  static final class Logging {
    private Logging() {}

    public static void main(String[] arguments) {
      AsyncMetricsLogger logger = new AsyncMetricsLogger(Path.of(arguments[0]), 10_000);
      for (long step = 0; ; step++) {
        logger.logStep(0, step, Map.of("train_loss", 1.0 / (step + 1), "extra", step));
        if (step == 20_000) {
          System.out.println("under way");
          System.out.flush();
        }
      }
    }
  }

  /** Moves items until it is killed. */
  static final class Writing {
    private Writing() {}

    public static void main(String[] arguments) {
      AsyncBuffer<Map<String, ?>> buffer = new AsyncBuffer<>();
      new AsyncMetricsWriter(buffer, Path.of(arguments[0]), 10, 1.0).start();
      for (long step = 0; ; ) {
        if (buffer.push(Map.of("step", step, "train_loss", 1.0 / (step + 1)))) {
          step++;
        }
        if (step == 20_000) {
          System.out.println("under way");
          System.out.flush();
        }
      }
    }
  }

  @Test
  void loggerThatIsKilledLosesNothingOfItsJournalAndHasNothingTwice() throws Exception {
    Path output = directory.resolve("killed.parquet");
    for (int kill = 0; kill < 3; kill++) {
      KilledJvm.run(Logging.class, output, kill * 40L);
    }
    new AsyncMetricsLogger(output).stop();

    assertEqualsJournal(output);
  }

  @Test
  void writerThatIsKilledLosesNothingOfItsJournalAndHasNothingTwice() throws Exception {
    Path output = directory.resolve("killed.parquet");
    for (int kill = 0; kill < 3; kill++) {
      KilledJvm.run(Writing.class, output, kill * 40L);
    }
    AsyncMetricsWriter writer = new AsyncMetricsWriter(new AsyncBuffer<>(), output);
    writer.start();
    writer.stop();

    assertEqualsJournal(output);
  }

  private void assertEqualsJournal(Path output) {
    List<JournalRows.Row> journal =
        JournalRows.read(directory.resolve(output.getFileName() + ".ringfold"));
    assertThat(journal.stream().mapToInt(JournalRows.Row::attempt).max()).hasValue(2);
    assertThat(TableQueries.ask(output, "select count(*), count(distinct seq) from $t"))
        .containsExactly(journal.size() + "|" + journal.size());
    List<String> table =
        TableQueries.ask(output, "select seq, attempt, step, train_loss from $t order by seq");
    for (int i = 0; i < journal.size(); i++) {
      JournalRows.Row row = journal.get(i);
      assertThat(table.get(i))
          .isEqualTo(
              row.sequence()
                  + "|"
                  + row.attempt()
                  + "|"
                  + row.step()
                  + "|"
                  + row.metrics().get("train_loss"));
    }
  }
}
