// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import java.util.ArrayList;
import java.util.List;
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
    try {
      Samples samples = results.samples(ours, measure.figure());
      lines.add(beside(row, measure, samples, peer, factor));
    } catch (NotRunException e) {
      String target = RowResult.atLeastTarget(peer, factor);
      lines.add(RowResult.notRun(row, measure.unit(), target, e.reason()));
    }
    return this;
  }

  private RowResult beside(
      String row, Measure measure, Samples samples, String peer, double factor) {
    try {
      Samples others = results.samples(peer, measure.figure());
      return RowResult.atLeast(row, samples, measure.unit(), peer, others, factor);
    } catch (NotRunException e) {
      return RowResult.peerNotRun(row, samples, measure.unit(), peer, factor, e.reason());
    }
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
