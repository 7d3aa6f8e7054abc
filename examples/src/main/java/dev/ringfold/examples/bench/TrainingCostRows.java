// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.Rounds.Contender;
import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The row about what logging costs a training loop. */
final class TrainingCostRows {
  private static final double PERCENT_LIMIT = 1;
  private static final String UNIT = "% slower";
  private static final String BOTH = "training on both cores";
  private static final String ONE = "training on one core";
  private static final int CORES = 2;

  private TrainingCostRows() {}

  static List<Row<MetricSession>> rows() {
    return List.of(
        new Row<>(
            "training",
            "the demo's training loop with and without logging, in turns, with its 95 % interval",
            TrainingCostRows::training));
  }

  private static List<RowResult> training(MetricSession session)
      throws IOException, NotRunException {
    Call call =
        MetricSession.call("training")
            .with("pairs", session.scale().trainingPairs())
            .with("blockMillis", session.scale().trainingBlockMillis());
    Results results =
        session.stream(
            "training",
            List.of(
                new Contender(ONE, MetricKind.LOGGER, call.with("threads", 1)),
                new Contender(BOTH, MetricKind.LOGGER, call.with("threads", CORES))),
            MetricScale.STREAM_ROWS_PER_SECOND);
    Lines lines = new Lines(results);
    add(lines, results, "training.one-core", ONE);
    add(lines, results, "training.both-cores", BOTH);
    return lines.toList();
  }

  private static void add(Lines lines, Results results, String row, String contender) {
    String target = "95 % interval < " + Numbers.plain(PERCENT_LIMIT) + " %";
    try {
      List<Figures> rounds = results.rounds(contender);
      lines.add(judge(row, interval(rounds, "")));
      lines.add(printed(row + ".cpu", interval(rounds, "Cpu")));
      lines.printed(
          row + ".step", new Lines.Measure("ns", figures -> figures.get("stepNanos")), contender);
    } catch (NotRunException e) {
      lines.add(RowResult.notRun(row, UNIT, target, e.reason()));
    }
  }

  /** All pairs of all rounds together. */
  static Interval interval(List<Figures> rounds, String kind) {
    List<Double> without = new ArrayList<>();
    List<Double> with = new ArrayList<>();
    for (Figures figures : rounds) {
      for (int pair = 0; figures.has("with" + kind + pair); pair++) {
        without.add(figures.get("without" + kind + pair));
        with.add(figures.get("with" + kind + pair));
      }
    }
    return Interval.percent(array(without), array(with));
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Met when even the interval's upper end is below the limit. */
  static RowResult judge(String row, Interval interval) {
    String target = "95 % interval < " + Numbers.plain(PERCENT_LIMIT) + " %";
    boolean met = interval.high() < PERCENT_LIMIT;
    return new RowResult(row, samples(interval), UNIT, null, null, target, met, note(interval));
  }

  private static RowResult printed(String row, Interval interval) {
    return new RowResult(
        row,
        samples(interval),
        "% more CPU",
        null,
        null,
        RowResult.PRINTED,
        null,
        note(interval) + "; with opening, sealing and closing");
  }

  private static Samples samples(Interval interval) {
    return Samples.of(interval.low(), interval.mean(), interval.high());
  }

  private static String note(Interval interval) {
    return String.format(
        Locale.ROOT,
        "mean %.2f %%, 95 %% interval %.2f to %.2f %%, %d pairs of blocks",
        interval.mean(),
        interval.low(),
        interval.high(),
        interval.count());
  }
}
