// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.MetricsRow;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.writers.parquet.FlushPolicy;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.Partition;
import dev.ringfold.writers.parquet.TableOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.io.LocalInputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every version of a part, the sealed one too, keeps the row groups of the versions before. */
class OpenPartVersionsTest {
  private static final int VERSIONS = 3;
  private static final long STEP_NANOS = Duration.ofMillis(10).toNanos();
  private static final MetricLayout LATER = MetricLayout.builder().doubles("later").build();

  @TempDir Path directory;

  private final long deadline = System.nanoTime() + Tables.PATIENCE.toNanos();

  /** All versions of each part that were seen, in order. */
  private final Map<String, List<byte[]>> versions = new TreeMap<>();

  private Path store() {
    return directory.resolve("store");
  }

  @Test
  void versionsOfAPartShareTheirBytes() throws Exception {
    write(Partition.NONE, false);
    assertThat(versions).hasSize(1);
  }

  @Test
  void versionsOfPartitionsShareTheirBytes() throws Exception {
    write(Partition.RUN, false);
    assertThat(versions).hasSize(2);
  }

  @Test
  void aNewColumnBeginsAnotherPartAndLeavesTheOneBeforeAsItIs() throws Exception {
    write(Partition.NONE, true);
    assertThat(versions).hasSize(2);
    MetricTable table =
        MetricTable.open(store().resolve("outputs").resolve(MetricsProjection.TABLE));
    assertThat(table.verify()).isEmpty();
  }

  private void write(Partition partition, boolean newColumn) throws Exception {
    Map<String, String> sealed;
    try (Tables tables = new Tables(store());
        Duck duck = new Duck()) {
      tables.configure(
          TableOptions.defaults()
              .withPartition(partition)
              .withFlush(FlushPolicy.LOW_LATENCY)
              .withSealAfter(Duration.ofHours(1)));
      MetricsRow[] rows = {tables.row("a", Tables.TRAINING), tables.row("b", Tables.TRAINING)};
      long step = 0;
      while (!hasVersions(partition == Partition.RUN ? 2 : 1)) {
        Tables.offer(rows[(int) (step % 2)].begin(0, step).set(0, Math.sin(step)));
        step++;
        look(tables);
      }
      MetricsRow later = tables.row("a", LATER);
      while (newColumn && !hasVersions(2)) {
        Tables.offer(later.begin(0, step++).set(0, 1.0));
        look(tables);
      }
      tables.seal("a");
      look(tables);
      assertThat(MetricTable.open(tables.metrics()).openParts()).isEmpty();
      duck.run(Files.readString(tables.outputs.resolve("metrics.sql")));
      String counts = "select count(*), count(distinct seq), min(step), max(step) from metrics";
      assertThat(duck.row(counts)).containsExactly(step, step, 0L, step - 1);
      sealed = Tables.sealed(tables.metrics());
    }
    check();
    assertThat(Tables.sealed(Tables.rebuild(store(), directory.resolve("again"))))
        .isEqualTo(sealed);
  }

  /** Whether so many parts were seen in some versions each. */
  private boolean hasVersions(int parts) {
    assertThat(System.nanoTime()).as("seen too few versions").isLessThan(deadline);
    return versions.size() == parts
        && versions.values().stream().allMatch(seen -> seen.size() >= VERSIONS);
  }

  private void look(Tables tables) throws IOException {
    TableSnapshot snapshot = TableSnapshot.read(tables.metrics());
    for (Path file : snapshot.files()) {
      String name = snapshot.generation().relativize(file).toString();
      List<byte[]> seen = versions.computeIfAbsent(name, part -> new ArrayList<>());
      try {
        byte[] now = Files.readAllBytes(file);
        if (seen.isEmpty() || !Arrays.equals(seen.get(seen.size() - 1), now)) {
          seen.add(now);
        }
      } catch (NoSuchFileException removed) {
        throw new AssertionError("a part is never removed", removed);
      }
    }
    LockSupport.parkNanos(STEP_NANOS);
  }

  private void check() throws IOException {
    for (Map.Entry<String, List<byte[]>> part : versions.entrySet()) {
      List<byte[]> seen = part.getValue();
      int endBefore = 0;
      for (int i = 0; i < seen.size(); i++) {
        int end = endOfRowGroups(seen.get(i));
        assertThat(end).as("row groups of version %s", i).isGreaterThanOrEqualTo(endBefore);
        for (byte[] newer : seen.subList(i, seen.size())) {
          assertThat(Arrays.mismatch(seen.get(i), 0, end, newer, 0, end))
              .as("first other byte of a version behind %s of %s", i, part.getKey())
              .isEqualTo(-1);
        }
        endBefore = end;
      }
    }
  }

  private int endOfRowGroups(byte[] version) throws IOException {
    Path copy = Files.write(directory.resolve("copy.parquet"), version);
    long end = 0;
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration()).build();
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(copy), options)) {
      for (BlockMetaData group : reader.getFooter().getBlocks()) {
        for (ColumnChunkMetaData chunk : group.getColumns()) {
          end = Math.max(end, chunk.getStartingPos() + chunk.getTotalSize());
        }
      }
    }
    return Math.toIntExact(end);
  }
}
