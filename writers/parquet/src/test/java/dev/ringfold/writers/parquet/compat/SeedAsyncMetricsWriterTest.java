// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.StoreAccessException;
import dev.ringfold.compat.AsyncBuffer;
import dev.ringfold.writers.parquet.JournalRows;
import dev.ringfold.writers.parquet.TableQueries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The seed's list of tests, AsyncMetricsWriter: basic write, append mode, compression. */
@Timeout(120)
final class SeedAsyncMetricsWriterTest {
  @TempDir Path directory;
  private Path output;
  private AsyncBuffer<Map<String, Object>> buffer;

  @BeforeEach
  void newBuffer() {
    output = directory.resolve("metrics.parquet");
    buffer = new AsyncBuffer<>(10_000, "metrics");
  }

  private static Map<String, Object> item(int epoch, int step, double loss) {
    return Map.of("epoch", epoch, "step", step, "train_loss", loss);
  }

  private void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      LockSupport.parkNanos(1_000_000L);
    }
  }

  private List<String> ask(String sql) {
    return TableQueries.ask(output, sql);
  }

  @Test
  void itemsBecomeRows() {
    AsyncMetricsWriter writer = new AsyncMetricsWriter(buffer, output, 100, 10.0);
    writer.start();
    for (int i = 0; i < 250; i++) {
      buffer.push(item(i / 100, i, i * 0.5));
    }
    writer.stop();

    assertThat(ask("select count(*), sum(train_loss), max(epoch), max(step) from $t"))
        .containsExactly("250|15562.5|2|249");
  }

  @Test
  void stopWritesWhatTheBufferStillHolds() {
    for (int i = 0; i < 5_000; i++) {
      buffer.push(item(0, i, i));
    }
    AsyncMetricsWriter writer = new AsyncMetricsWriter(buffer, output);
    writer.start();
    writer.stop();

    assertThat(ask("select count(*), count(distinct step) from $t")).containsExactly("5000|5000");
    assertThat(buffer.size()).isZero();
    assertThat(writer.stats().written()).isEqualTo(5_000);
    assertThat(writer.stats().state()).isEqualTo("stopped");
  }

  @Test
  void tableIsCompressedWithGzip() {
    AsyncMetricsWriter writer = new AsyncMetricsWriter(buffer, output);
    writer.start();
    buffer.push(item(0, 0, 1));
    writer.stop();

    assertThat(ask("select distinct compression from parquet_metadata('" + output + "/*.parquet')"))
        .containsExactly("GZIP");
  }

  @Test
  void startingAgainAppends() {
    for (int open = 0; open < 3; open++) {
      AsyncMetricsWriter writer = new AsyncMetricsWriter(buffer, output);
      writer.start();
      buffer.push(item(open, 0, open));
      writer.stop();
    }

    assertThat(ask("select epoch, attempt from $t order by seq"))
        .containsExactly("0|0", "1|1", "2|2");
  }

  @Test
  void oneWriterMayBeStartedAgain() {
    AsyncMetricsWriter writer = new AsyncMetricsWriter(buffer, output);
    for (int i = 0; i < 2; i++) {
      writer.start();
      buffer.push(item(0, i, i));
      writer.stop();
    }

    assertThat(ask("select step from $t order by seq")).containsExactly("0", "1");
  }

  @Test
  void newKeysBecomeColumnsOfDoubles() {
    AsyncMetricsWriter writer = new AsyncMetricsWriter(buffer, output);
    writer.start();
    buffer.push(Map.of("epoch", 0, "step", 0, "accuracy", 1));
    buffer.push(Map.of("epoch", 0, "step", 1, "accuracy", 0.5, "top5", 0.75, "device", "qpu"));
    writer.stop();

    assertThat(ask("select accuracy, top5, device from $t order by seq"))
        .containsExactly("1.0|null|null", "0.5|0.75|qpu");
  }

  @Test
  void nullValuesAreAbsent() {
    Map<String, Object> item = new HashMap<>(item(0, 0, 0.5));
    item.put("val_loss", null);
    AsyncMetricsWriter writer = new AsyncMetricsWriter(buffer, output);
    writer.start();
    buffer.push(item);
    writer.stop();

    assertThat(ask("select train_loss, val_loss from $t")).containsExactly("0.5|null");
  }

  @Test
  void timestampOfAnItemIsTheRows() {
    AsyncMetricsWriter writer = new AsyncMetricsWriter(buffer, output);
    writer.start();
    buffer.push(Map.of("epoch", 0, "step", 0, "timestamp", 1_700_000_000.5));
    writer.stop();

    assertThat(ask("select timestamp, ts from $t"))
        .containsExactly("1.7000000005E9|1700000000500000000");
  }

  @Test
  void itemsWithoutAPlaceAreNumbered() {
    AsyncMetricsWriter writer = new AsyncMetricsWriter(buffer, output);
    writer.start();
    for (int i = 0; i < 3; i++) {
      buffer.push(Map.of("metric", "loss", "value", 0.5));
    }
    writer.stop();

    assertThat(ask("select epoch, step, metric, value from $t order by seq"))
        .containsExactly("0|0|loss|0.5", "0|1|loss|0.5", "0|2|loss|0.5");
  }

  @Test
  void itemThatCannotBeARowIsCountedAndTheOthersAreWritten() {
    AsyncMetricsWriter writer = new AsyncMetricsWriter(buffer, output);
    writer.start();
    buffer.push(Map.of("epoch", 0, "step", 0, "weights", new double[] {1, 2}));
    buffer.push(Map.of("epoch", 0.5, "step", 0));
    buffer.push(Map.of("epoch", 0, "step", 0, "seq", 7));
    buffer.push(Map.of("epoch", 0, "step", 0, "timestamp", "now"));
    buffer.push(Map.of("epoch", 1L << 40, "step", 0));
    buffer.push(item(0, 1, 1));
    await(() -> writer.stats().written() == 1);
    AsyncMetricsWriterStats stats = writer.stats();
    writer.stop();

    assertThat(stats.refused()).isEqualTo(5);
    assertThat(stats.problem()).isNotEmpty();
    assertThat(ask("select step from $t")).containsExactly("1");
  }

  @Test
  void rowsGoThroughTheJournalBesideTheTable() {
    AsyncMetricsWriter writer = new AsyncMetricsWriter(buffer, output);
    writer.start();
    buffer.push(item(0, 5, 1));
    writer.stop();

    assertThat(writer.storePath()).isEqualTo(directory.resolve("metrics.parquet.ringfold"));
    assertThat(JournalRows.read(writer.storePath()))
        .singleElement()
        .satisfies(row -> assertThat(row.step()).isEqualTo(5));
  }

  @Test
  void rowsAreVisibleBeforeTheEndAfterTheFlushInterval() {
    AsyncMetricsWriter writer = new AsyncMetricsWriter(buffer, output, 10, 1.0);
    writer.start();
    for (int i = 0; i < 100; i++) {
      buffer.push(item(0, i, i));
    }
    await(() -> rowsVisible() == 100);
    writer.stop();

    assertThat(rowsVisible()).isEqualTo(100);
  }

  private long rowsVisible() {
    try (var parts = Files.newDirectoryStream(output, "*.parquet")) {
      return parts.iterator().hasNext()
          ? TableQueries.number(output, "select count(*) from $t")
          : 0;
    } catch (IOException notYet) {
      return 0;
    }
  }

  @Test
  void startTwiceIsRefusedAndStopTwiceIsNot() {
    AsyncMetricsWriter writer = new AsyncMetricsWriter(buffer, output);
    writer.stop();
    writer.start();

    assertThat(writer.isRunning()).isTrue();
    assertThatThrownBy(writer::start).isInstanceOf(IllegalStateException.class);
    writer.stop();
    writer.stop();
    assertThat(writer.isRunning()).isFalse();
  }

  @Test
  void bufferBelongsToTheWriterUntilItStops() throws InterruptedException {
    AsyncMetricsWriter writer = new AsyncMetricsWriter(buffer, output);
    writer.start();
    assertThatThrownBy(() -> buffer.pop(0.0)).isInstanceOf(IllegalStateException.class);
    writer.stop();
    buffer.push(item(0, 0, 0));

    assertThat(buffer.pop(0.0)).isPresent();
  }

  @Test
  void outputThatIsAFileIsRefusedAndLeftAlone() throws IOException, InterruptedException {
    Files.writeString(output, "an old file");
    AsyncMetricsWriter writer = new AsyncMetricsWriter(buffer, output);

    assertThatThrownBy(writer::start)
        .isInstanceOf(StoreAccessException.class)
        .hasMessageContaining("There is a file at the output path " + output);
    assertThat(output).hasContent("an old file");
    assertThat(buffer.pop(0.0)).as("the buffer is free again").isEmpty();
    assertThat(directory.resolve("metrics.parquet.ringfold")).doesNotExist();
  }

  @Test
  void outputThatIsALinkToSomethingElseIsRefused() throws IOException {
    Files.createSymbolicLink(output, directory.resolve("other"));

    assertThatThrownBy(() -> new AsyncMetricsWriter(buffer, output).start())
        .isInstanceOf(StoreAccessException.class)
        .hasMessageContaining("is a link to");
  }

  @Test
  void defaultsAreTheSeeds() {
    AsyncMetricsWriter writer = new AsyncMetricsWriter(buffer);

    assertThat(writer.outputPath().getFileName()).hasToString("metrics.parquet");
    assertThat(AsyncMetricsWriter.DEFAULT_FLUSH_INTERVAL).isEqualTo(100);
    assertThat(AsyncMetricsWriter.DEFAULT_FLUSH_SECONDS).isEqualTo(10.0);
    assertThat(writer.isRunning()).isFalse();
  }

  @Test
  void intervalsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> new AsyncMetricsWriter(buffer, output, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new AsyncMetricsWriter(buffer, output, 1, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new AsyncMetricsWriter(buffer, Path.of("/")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
