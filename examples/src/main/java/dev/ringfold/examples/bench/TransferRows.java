// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.Lines.Measure;
import dev.ringfold.examples.bench.Rounds.Contender;
import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import dev.ringfold.examples.bench.checkpoints.WeightContent;
import java.io.IOException;
import java.util.List;

/** The rows about saving and loading the same tensors: time, and bytes. */
final class TransferRows {
  private static final String OURS = CheckpointKind.RINGFOLD.label();
  private static final String RAW = CheckpointKind.RAW_ZSTD.label();
  private static final String JAVA = CheckpointKind.JAVA_GZIP.label();
  private static final String PUBLISHED = "published";

  private static final double OVER_RAW = 1;
  private static final double SAVE_SECONDS = 0.5;
  private static final double LOAD_SECONDS = 0.3;
  private static final double OF_FIRST = 0.35;

  /** The published figures of the Quantum Memory. */
  private static final double PUBLISHED_SAVE = 200;

  private static final double PUBLISHED_LOAD = 333;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double MEGABYTE = 1e6;

  private TransferRows() {}

  static List<Row<CheckpointSession>> rows() {
    return List.of(
        new Row<>(
            "save",
            "new tensors until they are committed: zstd 3, hashed, forced to the disk",
            session -> all(session, TransferRows::save)),
        new Row<>(
            "load",
            "all tensors by a fresh reader, every hash checked",
            session -> all(session, TransferRows::load)),
        new Row<>(
            "second",
            "a save after a tenth of the tensors has changed, beside the one before",
            session -> all(session, TransferRows::second)),
        new Row<>(
            "ratio",
            "bytes stored over bytes in memory",
            session -> all(session, TransferRows::ratio)));
  }

  /** The lines of one content. */
  @FunctionalInterface
  private interface Judgement {
    Lines judge(CheckpointSession session, WeightContent content)
        throws IOException, NotRunException;
  }

  private static List<RowResult> all(CheckpointSession session, Judgement judgement)
      throws IOException, NotRunException {
    Lines all = new Lines(new Results());
    for (WeightContent content : WeightContent.values()) {
      all.addAll(judgement.judge(session, content));
    }
    return all.toList();
  }

  private static Lines save(CheckpointSession session, WeightContent content)
      throws IOException, NotRunException {
    Measure speed = speed(session, "saveNanos");
    String row = "save." + content.label();
    return new Lines(session.transfers(content))
        .atLeast(row + ".raw", speed, OURS, RAW, OVER_RAW)
        .atMost(row + ".seconds", seconds("saveNanos"), OURS, SAVE_SECONDS)
        .beside(row + ".java", speed, OURS, JAVA)
        .beside(row + ".cpu", seconds("saveCpuNanos"), OURS, RAW)
        .beside(row + ".published", speed, OURS, PUBLISHED, Samples.of(PUBLISHED_SAVE));
  }

  private static Lines load(CheckpointSession session, WeightContent content)
      throws IOException, NotRunException {
    Measure speed = speed(session, "loadNanos");
    String row = "load." + content.label();
    Measure open = new Measure("ms", figures -> figures.get("openNanos") / NANOS_PER_MILLI);
    return new Lines(session.transfers(content))
        .atLeast(row + ".raw", speed, OURS, RAW, OVER_RAW)
        .atMost(row + ".seconds", seconds("loadNanos"), OURS, LOAD_SECONDS)
        .beside(row + ".java", speed, OURS, JAVA)
        .beside(row + ".cpu", seconds("loadCpuNanos"), OURS, RAW)
        .beside(row + ".published", speed, OURS, PUBLISHED, Samples.of(PUBLISHED_LOAD))
        .printed(row + ".reopen", open, OURS);
  }

  private static Lines second(CheckpointSession session, WeightContent content)
      throws IOException, NotRunException {
    Call call = session.weights("second", content);
    Results results =
        session.interleave(
            "second " + content.label(),
            List.of(
                Contender.of(CheckpointKind.RINGFOLD, call),
                Contender.of(CheckpointKind.RAW_ZSTD, call)));
    String row = "second." + content.label();
    Measure ofFirst =
        new Measure(
            "x the first", figures -> figures.get("secondNanos") / figures.get("firstNanos"));
    return new Lines(results)
        .atMost(row, ofFirst, OURS, OF_FIRST)
        .beside(row + ".seconds", seconds("secondNanos"), OURS, RAW);
  }

  private static Lines ratio(CheckpointSession session, WeightContent content)
      throws IOException, NotRunException {
    double bytes = session.scale().bytes();
    Measure ratio = new Measure("stored/raw", figures -> figures.get("storedBytes") / bytes);
    String row = "ratio." + content.label();
    return new Lines(session.transfers(content))
        .beside(row + ".raw", ratio, OURS, RAW)
        .beside(row + ".java", ratio, OURS, JAVA);
  }

  private static Measure speed(CheckpointSession session, String nanos) {
    double megabytes = session.scale().bytes() / MEGABYTE;
    return new Measure("MB/s", figures -> megabytes * NANOS_PER_SECOND / figures.get(nanos));
  }

  private static Measure seconds(String nanos) {
    return new Measure("s", figures -> figures.get(nanos) / NANOS_PER_SECOND);
  }
}
