// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.EventLog;
import dev.ringfold.projections.index.EventIndex;
import dev.ringfold.replay.rebuild.StoreCheck;
import dev.ringfold.writers.parquet.MetricTables;
import java.nio.file.Path;
import java.util.Arrays;

/** How long the quick check of a whole store takes: journal, tables, index. */
final class QuickChecks {
  /** Metrics, ledger, index. */
  private static final int OUTPUTS = 3;

  private QuickChecks() {}

  /**
   * Arguments: seed, rows, checkpoints, checks. Figures: first (the first check of the process),
   * p50 and max of those behind it.
   */
  static Figures run(ReplayKind kind, Path directory, Call call) throws Exception {
    Path store = directory.resolve(kind.label());
    try (EventLog log = ReplayStore.open(store)) {
      ReplayStore.fill(log, call);
    }
    ReplayStore.fold(store, MetricTables.metrics());
    ReplayStore.fold(store, MetricTables.ledger());
    ReplayStore.fold(store, EventIndex.projection());
    long first = check(store, call);
    long[] nanos = new long[call.getInt("checks")];
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] = check(store, call);
    }
    Arrays.sort(nanos);
    return new Figures()
        .put("first", first)
        .put("p50", nanos[nanos.length / 2])
        .put("max", nanos[nanos.length - 1]);
  }

  private static long check(Path store, Call call) throws Exception {
    long start = System.nanoTime();
    StoreCheck.Report report = StoreCheck.quick(store, MetricStore.outputs(store));
    long nanos = System.nanoTime() - start;
    boolean whole =
        report.intact()
            && report.journal().events() >= call.get("rows")
            && report.outputs().size() == OUTPUTS;
    if (!whole) {
      throw new Checker.VerificationException("the quick check says " + report);
    }
    return nanos;
  }
}
