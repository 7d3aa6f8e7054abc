// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.Lines.Measure;
import dev.ringfold.examples.bench.Rounds.Contender;
import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The rows about the log with its table behind it: rate, the open part, lag, memory, latency. */
final class StreamRows {
  private static final String OURS = MetricKind.LOGGER.label();
  private static final String SMALL = MetricKind.SMALL_HEAP.label();
  private static final String PER_SECOND = "rows/s";
  private static final String SECONDS = "s";

  private static final double END_TO_END_ROWS = 1_000_000;
  private static final double CPU_PERCENT = 5;
  private static final double WRITTEN_PER_SEALED = 10;
  private static final double HEAPS = 10;
  private static final double VISIBLE_SECONDS = 1;

  private StreamRows() {}

  static List<Row<MetricSession>> rows() {
    return List.of(
        new Row<>(
            "end-to-end",
            "a loop that logs without a drop, until its last row is sealed",
            StreamRows::endToEnd),
        new Row<>(
            "open-part", "CPU and bytes of the part that is not sealed yet", StreamRows::openPart),
        new Row<>(
            "slow-disk", "rows at a fixed pace while the table's disk is slow", StreamRows::slow),
        new Row<>(
            "memory",
            "more events than the heap holds: stored, made a table, and rebuilt",
            StreamRows::memory),
        new Row<>(
            "visibility",
            "from offer to the first answer of DuckDB that has the row, LOW_LATENCY",
            StreamRows::visibility));
  }

  private static List<RowResult> endToEnd(MetricSession session)
      throws IOException, NotRunException {
    MetricScale scale = session.scale();
    long bySpace = session.workspace().usableBytes() / MetricScale.STORED_BYTES_PER_ROW;
    long maxRows = Math.min(scale.streamSeconds() * MetricScale.STREAM_ROWS_PER_SECOND, bySpace);
    Call call =
        MetricSession.call("stream")
            .with("seconds", scale.streamSeconds())
            .with("maxRows", maxRows);
    return new Lines(session.stream("end-to-end", call, 0))
        .atLeast("end-to-end", rate("rows", "sealedNanos"), OURS, END_TO_END_ROWS)
        .printed("end-to-end.offered", rate("rows", "offerNanos"), OURS)
        .printed("end-to-end.rows", figure("rows", "rows"), OURS)
        .toList();
  }

  private static List<RowResult> openPart(MetricSession session)
      throws IOException, NotRunException {
    List<Contender> contenders = new ArrayList<>();
    long rows = 0;
    for (long rate : MetricScale.OPEN_PART_RATES) {
      Call call =
          MetricSession.call("open-part")
              .with("rate", rate)
              .with("seconds", session.scale().openPartSeconds());
      contenders.add(new Contender(open(rate), MetricKind.LOGGER, call.with("openPart", 1)));
      contenders.add(new Contender(sealed(rate), MetricKind.LOGGER, call.with("openPart", 0)));
      rows = Math.max(rows, rate * session.scale().openPartSeconds());
    }
    Results results = session.stream("open-part", contenders, rows);
    Measure written =
        new Measure(
            "B/B sealed", figures -> figures.get("flushedBytes") / figures.get("sealedBytes"));
    Lines lines = new Lines(results);
    for (long rate : MetricScale.OPEN_PART_RATES) {
      String row = "open-part." + rate;
      lines
          .add(openPartCpu(results, rate, row + ".cpu"))
          .atMost(row + ".written", written, open(rate), WRITTEN_PER_SEALED)
          .beside(row + ".thread", figure("% of a core", "cpuPercent"), open(rate), sealed(rate))
          .printed(row + ".flushes", figure("flushes", "flushes"), open(rate))
          .printed(row + ".dropped", figure("rows", "dropped"), open(rate));
    }
    return lines.toList();
  }

  /** What the table's thread takes more than without an open part, round by round. */
  static RowResult openPartCpu(Results results, long rate, String row) {
    String unit = "% of a core";
    try {
      List<Figures> with = results.rounds(open(rate));
      List<Figures> without = results.rounds(sealed(rate));
      double[] more = new double[Math.min(with.size(), without.size())];
      for (int i = 0; i < more.length; i++) {
        more[i] = with.get(i).get("cpuPercent") - without.get(i).get("cpuPercent");
      }
      return RowResult.atMost(row, Samples.of(more), unit, CPU_PERCENT);
    } catch (NotRunException e) {
      String target = RowResult.atMostTarget(CPU_PERCENT, unit);
      return RowResult.notRun(row, unit, target, e.reason());
    }
  }

  private static String open(long rate) {
    return rate + " rows/s";
  }

  private static String sealed(long rate) {
    return rate + " rows/s, no open part";
  }

  private static List<RowResult> slow(MetricSession session) throws IOException, NotRunException {
    MetricScale scale = session.scale();
    Call call =
        MetricSession.call("slow-disk")
            .with("rate", scale.slowRate())
            .with("seconds", scale.slowDiskSeconds())
            .with("commitMillis", scale.slowCommitMillis());
    return new Lines(session.stream("slow-disk", call, scale.slowRate() * scale.slowDiskSeconds()))
        .atMost("slow-disk.dropped", figure("rows", "dropped"), OURS, 0)
        .printed("slow-disk.offered", rate("rows", "offerNanos"), OURS)
        .printed("slow-disk.lag-events", figure("events", "lagEvents"), OURS)
        .printed("slow-disk.lag-seconds", figure(SECONDS, "lagSeconds"), OURS)
        .printed("slow-disk.catch-up", seconds("catchUpNanos"), OURS)
        .toList();
  }

  private static List<RowResult> memory(MetricSession session) throws IOException, NotRunException {
    Call call = MetricSession.call("small-heap").with("rows", session.scale().heapRows());
    Measure heaps =
        new Measure("x heap", figures -> figures.get("eventBytes") / figures.get("heapBytes"));
    return new Lines(
            session.stream(
                "memory",
                List.of(MetricSession.contender(MetricKind.SMALL_HEAP, call)),
                session.scale().heapRows()))
        .atLeast("memory.events", heaps, SMALL, HEAPS)
        .printed("memory.ingested", rate("rows", "ingestNanos"), SMALL)
        .printed("memory.rebuilt", rate("rows", "rebuildNanos"), SMALL)
        .toList();
  }

  private static List<RowResult> visibility(MetricSession session)
      throws IOException, NotRunException {
    long seconds = session.scale().visibilitySeconds();
    Call call =
        MetricSession.call("visibility")
            .with("rate", MetricScale.VISIBILITY_RATE)
            .with("seconds", seconds);
    return new Lines(session.stream("visibility", call, MetricScale.VISIBILITY_RATE * seconds))
        .printed("visibility.p50", seconds("p50"), OURS)
        .atMost("visibility.p99", seconds("p99"), OURS, VISIBLE_SECONDS)
        .printed("visibility.max", seconds("max"), OURS)
        .atMost("visibility.errors", figure("errors", "errors"), OURS, 0)
        .printed("visibility.queries", figure("queries", "queries"), OURS)
        .printed("visibility.query", seconds("queryNanos"), OURS)
        .toList();
  }

  private static Measure rate(String count, String nanos) {
    return new Measure(PER_SECOND, figures -> figures.get(count) * 1e9 / figures.get(nanos));
  }

  private static Measure seconds(String nanos) {
    return new Measure(SECONDS, figures -> figures.get(nanos) / 1e9);
  }

  private static Measure figure(String unit, String name) {
    return new Measure(unit, figures -> figures.get(name));
  }
}
