// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;

/**
 * Builds the lines of one row of the table from its results. Whatever was not measured becomes a
 * line that says so. Used by one thread.
 */
final class Lines {
  private final Results results;
  private final List<RowResult> lines = new ArrayList<>();

  Lines(Results results) {
    this.results = results;
  }

  /** What is to be taken from the rounds: unit and figure. */
  record Measure(String unit, ToDoubleFunction<Figures> figure) {}

  /** {@code ours} must be at least {@code factor} times {@code peer}. */
  Lines atLeast(String row, Measure measure, String ours, String peer, double factor) {
    return compared(
        new Comparison(row, measure.unit(), peer, RowResult.atLeastTarget(peer, factor)),
        measure,
        ours,
        (samples, others) -> RowResult.atLeast(row, samples, measure.unit(), peer, others, factor));
  }

  /** {@code ours} must be at most {@code factor} times {@code peer}. */
  Lines atMostTimes(String row, Measure measure, String ours, String peer, double factor) {
    return compared(
        new Comparison(row, measure.unit(), peer, RowResult.atMostTimesTarget(peer, factor)),
        measure,
        ours,
        (samples, others) ->
            RowResult.atMostTimes(row, samples, measure.unit(), peer, others, factor));
  }

  /** {@code ours} and {@code peer} are only printed. */
  Lines beside(String row, Measure measure, String ours, String peer) {
    return compared(
        new Comparison(row, measure.unit(), peer, RowResult.PRINTED),
        measure,
        ours,
        (samples, others) -> RowResult.beside(row, samples, measure.unit(), peer, others));
  }

  /** {@code ours} is printed beside figures that are known. */
  Lines beside(String row, Measure measure, String ours, String peer, Samples known) {
    try {
      Samples samples = results.samples(ours, measure.figure());
      lines.add(RowResult.beside(row, samples, measure.unit(), peer, known));
    } catch (NotRunException e) {
      lines.add(RowResult.notRun(row, measure.unit(), RowResult.PRINTED, e.reason()));
    }
    return this;
  }

  private record Comparison(String row, String unit, String peer, String target) {}

  private Lines compared(
      Comparison line,
      Measure measure,
      String ours,
      BiFunction<Samples, Samples, RowResult> judgement) {
    try {
      Samples samples = results.samples(ours, measure.figure());
      lines.add(compared(line, measure, samples, judgement));
    } catch (NotRunException e) {
      lines.add(RowResult.notRun(line.row(), line.unit(), line.target(), e.reason()));
    }
    return this;
  }

  private RowResult compared(
      Comparison line,
      Measure measure,
      Samples samples,
      BiFunction<Samples, Samples, RowResult> judgement) {
    try {
      return judgement.apply(samples, results.samples(line.peer(), measure.figure()));
    } catch (NotRunException e) {
      return RowResult.peerNotRun(
          line.row(), samples, line.unit(), line.peer(), line.target(), e.reason());
    }
  }

  /** {@code ours} must be at least {@code limit}. */
  Lines atLeast(String row, Measure measure, String ours, double limit) {
    try {
      Samples samples = results.samples(ours, measure.figure());
      lines.add(RowResult.atLeast(row, samples, measure.unit(), limit));
    } catch (NotRunException e) {
      String target = RowResult.atLeastTarget(limit, measure.unit());
      lines.add(RowResult.notRun(row, measure.unit(), target, e.reason()));
    }
    return this;
  }

  /** {@code ours} must be at most {@code limit}. */
  Lines atMost(String row, Measure measure, String ours, double limit) {
    try {
      Samples samples = results.samples(ours, measure.figure());
      lines.add(RowResult.atMost(row, samples, measure.unit(), limit));
    } catch (NotRunException e) {
      String target = RowResult.atMostTarget(limit, measure.unit());
      lines.add(RowResult.notRun(row, measure.unit(), target, e.reason()));
    }
    return this;
  }

  /** {@code ours} is only printed. */
  Lines printed(String row, Measure measure, String ours) {
    try {
      Samples samples = results.samples(ours, measure.figure());
      lines.add(RowResult.printed(row, samples, measure.unit()));
    } catch (NotRunException e) {
      lines.add(RowResult.notRun(row, measure.unit(), RowResult.PRINTED, e.reason()));
    }
    return this;
  }

  /** Adds one line. */
  Lines add(RowResult line) {
    lines.add(line);
    return this;
  }

  /** Adds the lines of other results. */
  Lines addAll(Lines others) {
    lines.addAll(others.lines);
    return this;
  }

  /** The lines so far. */
  List<RowResult> toList() {
    return List.copyOf(lines);
  }
}
