// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import dev.ringfold.EventLog;
import dev.ringfold.EventView;
import dev.ringfold.LogNames;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.Event;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.event.MetricsView;
import dev.ringfold.event.ProjectionConfigured;
import dev.ringfold.event.RunStarted;
import org.jspecify.annotations.Nullable;

/**
 * What the journal says about a run before it is opened again: how many attempts there were, and
 * what they have cost. One pass over the journal, which ends where it ended at the begin.
 */
final class RunHistory {
  private static final int MAX_ATTEMPT = 0xFFFF;

  private final MetricsView row = new MetricsView();
  private int newestAttempt = -1;
  private double costUsd;
  private double creditsUsed;
  private @Nullable String tableConfiguration;

  /* The layout met last, since most rows of a run have the same. */
  private int layoutId = -1;
  private int usdColumn = -1;
  private int creditsColumn = -1;

  private RunHistory() {}

  static RunHistory read(EventLog log, String run) {
    RunHistory history = new RunHistory();
    long end = log.lastSequence();
    if (end < 0) {
      return history;
    }
    try (Tailer tailer =
        log.tailer()
            .types(
                BuiltinTypes.METRICS_LOGGED.id(),
                BuiltinTypes.RUN_STARTED.id(),
                BuiltinTypes.PROJECTION_CONFIGURED.id())
            .streams(run, MetricTables.STREAM)
            .upTo(end)
            .open()) {
      LogNames names = tailer.names();
      tailer.poll(event -> history.take(event, tailer, names), Integer.MAX_VALUE);
    }
    return history;
  }

  private void take(EventView event, Tailer tailer, LogNames names) {
    if (event.typeId() != BuiltinTypes.METRICS_LOGGED.id()) {
      takeFact(tailer.decode(event));
      return;
    }
    row.wrap(event.buffer(), event.payloadOffset(), event.payloadLength());
    newestAttempt = Math.max(newestAttempt, row.attempt());
    if (row.kind() == MetricsLogged.Kind.STEP) {
      addCosts(names);
    }
  }

  private void takeFact(Event fact) {
    if (fact instanceof RunStarted started) {
      newestAttempt = Math.max(newestAttempt, started.attempt());
    } else if (fact instanceof ProjectionConfigured configured
        && configured.projection().equals(MetricTables.METRICS)) {
      tableConfiguration = configured.configuration();
    }
  }

  private void addCosts(LogNames names) {
    if (row.layoutId() != layoutId) {
      MetricLayout layout = names.layout(row.layoutId());
      usdColumn = CostColumns.doubleColumn(layout, CostColumns.COST_USD);
      creditsColumn = CostColumns.doubleColumn(layout, CostColumns.CREDITS_USED);
      layoutId = row.layoutId();
    }
    costUsd += finite(usdColumn);
    creditsUsed += finite(creditsColumn);
  }

  private double finite(int column) {
    if (column < 0 || !row.present(column)) {
      return 0;
    }
    double value = row.doubleAt(column);
    return Double.isFinite(value) ? value : 0;
  }

  /** Whether the journal has anything of the run. */
  boolean isKnown() {
    return newestAttempt >= 0;
  }

  /** Number of the next attempt, 0 for a new run. */
  int nextAttempt(String run) {
    if (newestAttempt == MAX_ATTEMPT) {
      throw new IllegalStateException(
          "Run '" + run + "' has had " + (MAX_ATTEMPT + 1) + " attempts; begin a new run.");
    }
    return newestAttempt + 1;
  }

  /** How the journal configured the table of metrics last, null when it never did. */
  @Nullable String tableConfiguration() {
    return tableConfiguration;
  }

  double costUsd() {
    return costUsd;
  }

  double creditsUsed() {
    return creditsUsed;
  }
}
