// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/** Small counts in real child JVMs: shows that it works, asserts no time. */
class LogBenchTest {
  private static final Scale TINY =
      new Scale(true, 1, 1, 0, 5_000, 5_000, 100, 1, 50, 50, 100, 0, 1);
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC);

  @TempDir Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream progress = new ByteArrayOutputStream();

  private List<RowResult> run(boolean json, String... rows) throws IOException {
    TableRun.Options<Scale> options =
        new TableRun.Options<>(TINY, Set.of(rows), directory, json, "ringfold bench log");
    return new LogBench(options, print(out), print(progress)).run(NOON);
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  @Tag("smoke")
  @ParameterizedTest
  @EnumSource
  void everyPeerStoresAndReadsBackWhatWasPublishedAndForced(PeerKind kind) throws Exception {
    Call ingest = Call.of("ingest").with("events", 50_000).with("producers", 1).with("seed", 7);
    Call disk = Call.of("disk").with("millis", 50).with("maxEvents", 10_000).with("seed", 7);
    try (Workspace own = new Workspace(directory)) {
      WorkerProcess worker = own.start(kind);

      Figures figures = worker.call(ingest);

      assertThat(figures.get("storedNanos")).isPositive();
      if (kind.create().stores()) {
        assertThat(figures.get("replayNanos")).isPositive();
        assertThat(figures.get("bytes")).isGreaterThanOrEqualTo(50_000 * 64);
        assertThat(worker.call(disk.with("outstanding", 1)).get("events")).isPositive();
        assertThat(worker.call(disk.with("outstanding", 64)).get("events")).isPositive();
      }
    }
  }

  @Test
  void ringfoldDoesWhatOnlySomePeersCan() throws Exception {
    try (Workspace own = new Workspace(directory)) {
      WorkerProcess worker = own.start(PeerKind.RINGFOLD);
      Call stored = Call.of("seek").with("events", 20_000).with("seed", 7);
      Call idle = Call.of("idle").with("tailers", 3).with("events", 1_000);

      assertThat(worker.call(stored.with("seeks", 100)).get("p50")).isPositive();
      assertThat(worker.call(Call.of("trickle").with("events", 100).with("seed", 7)).get("bytes"))
          .isPositive();
      assertThat(worker.call(idle.with("settleSeconds", 0).with("seconds", 1)).get("cpuPercent"))
          .isNotNegative();
    }
  }

  @Test
  void twoProducersKeepTheirOwnOrder() throws Exception {
    Call call = Call.of("ingest").with("events", 40_000).with("producers", 2).with("seed", 7);
    try (Workspace own = new Workspace(directory)) {
      assertThat(own.start(PeerKind.RINGFOLD).call(call).get("replayNanos")).isPositive();
    }
  }

  @Test
  void childThatCannotDoItSaysWhy() throws Exception {
    try (Workspace own = new Workspace(directory)) {
      WorkerProcess worker = own.start(PeerKind.DISRUPTOR);

      assertThatThrownBy(() -> worker.call(Call.of("juggle")))
          .isInstanceOf(NotRunException.class)
          .hasMessageContaining("unknown operation juggle");
    }
  }

  @Test
  void childThatWasKilledIsReported() throws Exception {
    try (Workspace own = new Workspace(directory)) {
      WorkerProcess worker = own.start(PeerKind.DISRUPTOR);
      worker.kill();

      assertThatThrownBy(() -> worker.call(Call.of("ingest")))
          .isInstanceOf(NotRunException.class)
          .hasMessageContaining("its JVM ended");
      assertThat(worker.isAlive()).isFalse();
    }
  }

  @Test
  void missingSpaceIsSaidBeforeAnythingIsWritten() throws Exception {
    try (Workspace own = new Workspace(directory)) {
      assertThatThrownBy(() -> own.requireSpace(Long.MAX_VALUE))
          .isInstanceOf(NotRunException.class)
          .hasMessageContaining("MiB are free");
    }
  }

  @Test
  void jsonIsAllThatStandardOutputGets() throws IOException {
    List<RowResult> results = run(true, "disk-one");

    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .hasSameSizeAs(results)
        .allMatch(line -> line.startsWith("{\"bench\":\"log\",\"row\":\"disk-one"));
    assertThat(progress.toString(StandardCharsets.UTF_8)).contains("not a measurement");
  }

  @Test
  void tableIsPrintedWithItsCommandAndDayAndNothingIsLeftBehind() throws IOException {
    run(false, "open");

    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("command      ringfold bench log", "2026-11-21T12:00:00Z", "targets met");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void unknownRowIsRefusedWithTheNamesOfTheRows() {
    assertThatThrownBy(() -> run(false, "ingst"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("unknown row ingst")
        .hasMessageContaining("ingest, sustained");
  }

  @Test
  void commandRefusesWrongArguments() {
    CommandLine command = new CommandLine(new BenchCommand());
    command.setErr(new PrintWriter(print(progress), true));
    command.setOut(new PrintWriter(print(out), true));

    assertThat(command.execute("log", "--row", "nothing")).isEqualTo(2);
    assertThat(command.execute("log", "--rounds", "0")).isEqualTo(2);
    assertThat(command.execute()).isEqualTo(2);
    assertThat(command.execute("log", "--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("--quick", "two-producers");
  }
}
