// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/** Small counts: shows that every row works and checks what it wrote; asserts no time. */
@Tag("smoke")
class MetricsBenchTest {
  private static final MetricScale TINY =
      new MetricScale(true, 1, 1, 0, 5_000, 1, 1, 1, 5_000, 10, 20_000, 5, 5, 1);
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC);

  @TempDir Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream progress = new ByteArrayOutputStream();

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private Figures call(MetricKind kind, Call call) throws Exception {
    return MetricWorker.OPERATIONS.run(kind, directory, call.with("seed", 7));
  }

  private static Call timed(String operation, long rate) {
    return Call.of(operation).with("rate", rate).with("seconds", 1);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"LOGGER", "SMALL_HEAP"})
  void everyWritersFilesAreReadBack(MetricKind kind) throws Exception {
    Figures figures = call(kind, Call.of("write").with("rows", 6_000));

    assertThat(figures.get("nanos")).isPositive();
    assertThat(figures.get("bytes")).isBetween(6_000 * 15.0, 6_000 * 250.0);
  }

  @Test
  void loopThatLogsIsSealedToItsLastRow() throws Exception {
    Figures figures =
        call(
            MetricKind.LOGGER,
            Call.of("stream").with("seconds", 1).with("maxRows", 2L * MetricStore.CHUNK));

    assertThat(figures.get("rows")).isEqualTo(2.0 * MetricStore.CHUNK);
    assertThat(figures.get("sealedNanos")).isGreaterThan(figures.get("offerNanos"));
  }

  @Test
  void openPartIsWatchedFromOutside() throws Exception {
    Figures with = call(MetricKind.LOGGER, timed("open-part", 3_000).with("openPart", 1));
    Figures without = call(MetricKind.LOGGER, timed("open-part", 3_000).with("openPart", 0));

    assertThat(with.get("dropped")).isZero();
    assertThat(with.get("sealedBytes")).isPositive();
    assertThat(without.get("flushes")).isZero();
    assertThat(without.get("flushedBytes")).isZero();
  }

  @Test
  void slowTableLosesNothing() throws Exception {
    Figures figures =
        call(
            MetricKind.LOGGER,
            timed("slow-disk", 5_000).with("commitMillis", 50).with("warmUpRows", 100));

    assertThat(figures.get("dropped")).isZero();
    assertThat(figures.get("rows")).isEqualTo(5_000);
  }

  @Test
  void rebuildGivesTheSameBytes() throws Exception {
    Figures figures = call(MetricKind.SMALL_HEAP, Call.of("small-heap").with("rows", 20_000));

    assertThat(figures.get("eventBytes")).isGreaterThan(20_000 * 64);
    assertThat(figures.get("rebuildNanos")).isPositive();
  }

  @Test
  void readerSeesEveryRow() throws Exception {
    Figures figures = call(MetricKind.LOGGER, timed("visibility", 200));

    assertThat(figures.get("queries")).isPositive();
    assertThat(figures.get("rows")).isEqualTo(200);
    assertThat(figures.get("p99")).isGreaterThanOrEqualTo(figures.get("p50"));
  }

  @Test
  void trainingIsMeasuredInPairs() throws Exception {
    Call call = Call.of("training").with("pairs", 5).with("blockMillis", 5);

    Figures figures = call(MetricKind.LOGGER, call.with("threads", 2));

    Interval interval = TrainingCostRows.interval(List.of(figures));
    assertThat(interval.count()).isEqualTo(5);
    assertThat(interval.low()).isLessThanOrEqualTo(interval.high());
  }

  @Test
  void unknownOperationIsRefused() {
    assertThatThrownBy(() -> call(MetricKind.LOGGER, Call.of("nothing")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nothing");
  }

  @Test
  void rowsAreMeasuredInChildrenAndPrintedAsJson() throws IOException {
    TableRun.Options<MetricScale> options =
        new TableRun.Options<>(TINY, Set.of("slow-disk"), directory, true, "ringfold bench");

    List<RowResult> lines = new MetricsBench(options, print(out), print(progress)).run(NOON);

    assertThat(lines).extracting(RowResult::row).startsWith("slow-disk.dropped");
    assertThat(lines).allMatch(line -> line.samples() != null);
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .hasSameSizeAs(lines)
        .allMatch(line -> line.startsWith("{\"bench\":\"metrics\",\"row\":\"slow-disk."));
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void commandRefusesWrongArguments() {
    CommandLine command = new CommandLine(new BenchCommand());
    command.setErr(new PrintWriter(print(progress), true));
    command.setOut(new PrintWriter(print(out), true));

    assertThat(command.execute("metrics", "--row", "nothing")).isEqualTo(2);
    assertThat(progress.toString(StandardCharsets.UTF_8)).contains("end-to-end");
    assertThat(command.execute("metrics", "--rounds", "0")).isEqualTo(2);
    assertThat(command.execute("metrics", "--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("--quick", "visibility");
  }

  @Test
  void openPartsCpuIsWhatComesOnTopInEachRound() {
    Results results = new Results();
    for (double more : new double[] {1, 2, 6}) {
      results.add("100 rows/s", new Figures().put("cpuPercent", 3 + more));
      results.add("100 rows/s, no open part", new Figures().put("cpuPercent", 3.0));
    }

    RowResult line = StreamRows.openPartCpu(results, 100, "open-part.100.cpu");

    assertThat(line.samples()).isNotNull();
    assertThat(line.samples().median()).isEqualTo(2);
    assertThat(line.met()).isTrue();
    assertThat(StreamRows.openPartCpu(results, 7, "r").met()).isFalse();
  }
}
