// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.ringfold.StoreAccessException;
import dev.ringfold.UnsafeStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Outputs that cannot be written: a clear error, and no row is lost. */
@Timeout(120)
final class BadOutputsTest {
  @TempDir Path directory;

  private MetricsLoggerBuilder builder() {
    return MetricsLogger.builder(store()).log(JournalRows::small);
  }

  private Path store() {
    return directory.resolve("store");
  }

  @Test
  void outputsThatAreAFileAreAnErrorAtOpen() throws IOException {
    builder().open().close();
    Path outputs = Files.createFile(directory.resolve("file"));

    assertThatThrownBy(() -> builder().outputs(outputs).open())
        .isInstanceOf(StoreAccessException.class)
        .hasMessageContaining(outputs.toString())
        .hasMessageContaining("is a file");
    try (MetricsLogger logger = builder().open()) {
      assertThat(logger.attempt()).as("the failed open was no attempt").isEqualTo(1);
    }
  }

  @Test
  void storeThatIsAFileIsAnErrorAtOpen() throws IOException {
    Files.createFile(store());

    assertThatThrownBy(() -> builder().open())
        .isInstanceOfAny(UnsafeStoreException.class, StoreAccessException.class)
        .hasMessageContaining(store().toString());
  }

  @Test
  void somethingElseInTheTablesPlaceIsAnErrorAndStaysAsItIs() throws IOException {
    Path table = Files.createDirectories(store().resolve("outputs")).resolve("metrics.parquet");
    Files.delete(store().resolve("outputs"));
    Files.delete(store());
    builder().open().close();
    Files.delete(table);
    Files.writeString(table, "precious");

    assertThatThrownBy(() -> builder().open())
        .isInstanceOf(StoreAccessException.class)
        .hasMessageContaining("metrics.parquet is a file of something else");
    assertThat(table).hasContent("precious");
  }

  @Test
  void readOnlyOutputsAreAnErrorAtOpen() throws Exception {
    builder().open().close();
    try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"), "1m")) {
      disk.remount("ro");

      assertThatThrownBy(() -> builder().outputs(disk.path()).open())
          .isInstanceOf(StoreAccessException.class)
          .hasMessageContaining("cannot be written");
    }
  }

  @Test
  void fullOutputsLeaveTheTableBehindAndEveryRowInTheJournal() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"), "2m")) {
      Path ballast = disk.path().resolve("ballast");
      MetricsLogger logger =
          builder().outputs(disk.path()).closeTimeout(Duration.ofSeconds(2)).open();
      disk.fill(ballast);
      for (int step = 0; step < 20_000; step++) {
        while (!logger.step(0, step).trainLoss(Math.sqrt(step)).gradNorm(Math.sin(step)).log()) {
          Thread.onSpinWait();
        }
      }

      assertThatThrownBy(logger::close)
          .isInstanceOf(TableBehindException.class)
          .hasMessageContaining(disk.path().resolve("metrics.parquet").toString())
          .hasMessageContaining("Nothing is lost");
      long stored = JournalRows.read(store()).stream().filter(row -> row.attempt() == 0).count();
      assertThat(stored).isEqualTo(20_000);

      Files.delete(ballast);
      try (MetricsLogger again = builder().outputs(disk.path()).open()) {
        assertThat(again.attempt()).isEqualTo(1);
      }
      assertThat(
              TableQueries.ask(
                  disk.path().resolve("metrics.parquet"),
                  "select count(*), count(distinct seq), max(step) from $t"))
          .containsExactly("20000|20000|19999");
    }
  }

  /** A file system of its own, for root on Linux; elsewhere the test is skipped. */
  private record SmallDisk(Path path) implements AutoCloseable {
    static SmallDisk mount(Path path, String size) throws Exception {
      Files.createDirectories(path);
      int code =
          run(
              "mount",
              "-t",
              "tmpfs",
              "-o",
              "size=" + size + ",mode=0700",
              "tmpfs",
              path.toString());
      assumeThat(code).as("mount needs root").isZero();
      return new SmallDisk(path);
    }

    void remount(String option) throws Exception {
      assertThat(run("mount", "-o", "remount," + option, path.toString())).isZero();
    }

    void fill(Path ballast) throws IOException {
      byte[] block = new byte[4_096];
      try (var out = Files.newOutputStream(ballast)) {
        while (true) {
          out.write(block);
        }
      } catch (IOException full) {
        assertThat(Files.size(ballast)).isPositive();
      }
    }

    @Override
    public void close() throws IOException {
      try {
        run("umount", "-l", path.toString());
      } catch (InterruptedException e) {
        throw new IOException("interrupted while unmounting " + path, e);
      }
    }

    private static int run(String... command) throws InterruptedException {
      try {
        Process process =
            new ProcessBuilder(List.of(command))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
      } catch (IOException missing) {
        return -1;
      }
    }
  }
}
