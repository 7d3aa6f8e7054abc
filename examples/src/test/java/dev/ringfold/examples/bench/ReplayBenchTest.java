// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Small stores: shows that every row works and checks its answers; asserts no time. */
class ReplayBenchTest {
  private static final ReplayScale TINY = new ReplayScale(true, 1, 0, 20_000, 5_000, 3, 2, 2);
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC);

  @TempDir Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream progress = new ByteArrayOutputStream();

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  @Test
  void everyRowIsMeasuredAndVerified() throws Exception {
    TableRun.Options<ReplayScale> options =
        new TableRun.Options<>(TINY, Set.of(), directory, true, "ringfold bench replay");

    List<RowResult> lines = new ReplayBench(options, print(out), print(progress)).run(NOON);

    assertThat(lines)
        .as(progress.toString(StandardCharsets.UTF_8))
        .allSatisfy(line -> assertThat(line.note()).as(line.row()).isEmpty());
    for (Row<ReplaySession> row : ReplayBench.ROWS) {
      assertThat(lines).as(row.name()).anyMatch(line -> line.row().startsWith(row.name()));
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void anUnknownRowIsAWrongArgument() {
    CommandLine command = new CommandLine(new BenchCommand());
    command.setErr(new PrintWriter(progress, true, StandardCharsets.UTF_8));

    assertThat(command.execute("replay", "--row", "nothing")).isEqualTo(2);
    assertThat(progress.toString(StandardCharsets.UTF_8)).contains("skim", "fork", "ready");
  }
}
