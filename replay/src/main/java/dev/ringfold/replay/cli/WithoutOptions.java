// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.ConfigurationException;
import dev.ringfold.EventLogReader;
import dev.ringfold.replay.compare.Counterfactual;
import dev.ringfold.replay.compare.CounterfactualReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The part of {@code replay} that shows what would be different without some events. */
final class WithoutOptions {
  @Option(
      names = "--without",
      paramLabel = "SEQ",
      split = ",",
      description =
          "Fold the log twice into scratch outputs, with and without these events, and print what"
              + " differs: rows, totals, checkpoints. With --projection: only that.")
  private List<Long> without = new ArrayList<>();

  /** Whether it is asked for. */
  boolean given() {
    return !without.isEmpty();
  }

  /**
   * Compares and prints.
   *
   * @param projections to compare: metrics, ledger, checkpoints, states; empty for all
   * @param watch hears of the folds, and may stop them
   * @return the exit code
   */
  int run(Output output, EventLogReader log, List<String> projections, LongWork.Watch watch)
      throws IOException {
    CounterfactualReport report;
    try {
      report = Counterfactual.of(log, without).only(projections).progress(watch).run();
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("--without and --projection: " + e.getMessage());
    }
    watch.end();
    if (output.json()) {
      output.json(report.toJson());
    } else {
      report.lines().forEach(line -> output.line(Quantities.printable(line)));
    }
    return ExitCodes.OK;
  }
}
