// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.writers.parquet.Partition;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables are written, compacted and built again in little memory. */
class TableMemoryTest {
  /** A row of the training layout is about 170 bytes in the journal. */
  private static final long SOAK_ROWS = 10L * (256 << 20) / 170;

  private static final long ROWS = 1_000_000;

  @TempDir Path directory;

  @Test
  void aMillionRowsPassThroughASmallHeap() throws Exception {
    pass(ROWS, Partition.NONE, "-Xmx160m");
  }

  @Test
  void partitionsPassThroughASmallHeap() throws Exception {
    pass(ROWS / 4, Partition.RUN, "-Xmx256m");
  }

  @Test
  @Tag("soak")
  void tenTimesTheHeapPasses() throws Exception {
    pass(SOAK_ROWS, Partition.NONE, "-Xmx256m");
  }

  private void pass(long rows, Partition partition, String heap) throws Exception {
    Path errors = directory.resolve("child.err");
    Process child =
        ChildJvm.start(
            TableMemoryChild.class,
            errors,
            List.of(heap, "-XX:+ExitOnOutOfMemoryError"),
            directory.toString(),
            Long.toString(rows),
            partition.name());
    String output;
    try {
      output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(child.waitFor(1, TimeUnit.HOURS)).isTrue();
    } finally {
      child.destroyForcibly();
    }
    assertThat(child.exitValue()).as("%s %s", output, Files.readString(errors)).isZero();
    List<String> lines = output.lines().toList();
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0)).startsWith("ingested " + rows + " rows ");
    assertThat(lines.get(1)).isEqualTo(lines.get(0).replace("ingested", "rebuilt"));
  }
}
