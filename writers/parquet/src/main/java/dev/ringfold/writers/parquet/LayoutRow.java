// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.AppendOutcome;
import dev.ringfold.MetricsRow;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import dev.ringfold.event.MetricsLogged;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * A reusable row of the user's own columns: {@code row.step(epoch, step).set(LOSS, x).log()}. What
 * is not set since {@link #step} or {@link #epoch} is absent, and null in the table. Belongs to the
 * thread of its handle. Setting and logging allocate nothing, except for a text that was never seen
 * before.
 */
public final class LayoutRow {
  private final RunSession session;
  private final MetricsRow row;
  private final MetricLayout layout;
  private final MetricType[] types;
  private final String[] texts;
  private final CostColumns costs;
  private boolean isStep;
  private boolean begun;

  LayoutRow(RunSession session, MetricsRow row) {
    this.session = session;
    this.row = row;
    this.layout = row.layout();
    this.types = new MetricType[layout.size()];
    this.texts = new String[layout.size()];
    this.costs = new CostColumns(layout);
    for (int i = 0; i < types.length; i++) {
      types[i] = layout.column(i).type();
      texts[i] = "";
    }
  }

  /** The columns. */
  public MetricLayout layout() {
    return layout;
  }

  /** Begins a row of a step, at the time of {@link #log}. */
  public LayoutRow step(int epoch, long step) {
    return step(epoch, step, Long.MIN_VALUE);
  }

  /**
   * Begins a row of a step.
   *
   * @param eventTimeNanos when it was, nanoseconds since 1970
   */
  public LayoutRow step(int epoch, long step, long eventTimeNanos) {
    return begin(MetricsLogged.Kind.STEP, epoch, step, eventTimeNanos);
  }

  /** Begins the summary of an epoch; its step is -1. */
  public LayoutRow epoch(int epoch) {
    return begin(MetricsLogged.Kind.EPOCH, epoch, MetricsLogger.EPOCH_STEP, Long.MIN_VALUE);
  }

  LayoutRow begin(MetricsLogged.Kind kind, int epoch, long step, long eventTimeNanos) {
    row.begin(kind, session.attempt(), epoch, step, eventTimeNanos);
    isStep = kind == MetricsLogged.Kind.STEP;
    costs.clear();
    begun = true;
    return this;
  }

  /**
   * Sets a number.
   *
   * @param column index in the layout
   * @throws IllegalArgumentException when the column holds no numbers, or whole ones only and the
   *     value is not one
   */
  public LayoutRow set(int column, double value) {
    MetricType type = types[column];
    if (type == MetricType.DOUBLE) {
      row.set(column, value);
      costs.note(column, value);
    } else if (type == MetricType.LONG && MetricValues.isWhole(value)) {
      row.set(column, (long) value);
    } else {
      throw refused(column, "the number " + value);
    }
    return this;
  }

  /**
   * Sets a whole number; in a DOUBLE column it becomes the nearest double.
   *
   * @throws IllegalArgumentException when the column holds no numbers
   */
  public LayoutRow set(int column, long value) {
    MetricType type = types[column];
    if (type == MetricType.LONG) {
      row.set(column, value);
    } else if (type == MetricType.DOUBLE) {
      row.set(column, (double) value);
      costs.note(column, (double) value);
    } else {
      throw refused(column, "the number " + value);
    }
    return this;
  }

  /**
   * Sets a yes or no.
   *
   * @throws IllegalArgumentException when the column is not BOOLEAN
   */
  public LayoutRow set(int column, boolean value) {
    if (types[column] != MetricType.BOOLEAN) {
      throw refused(column, Boolean.toString(value));
    }
    row.set(column, value);
    return this;
  }

  /**
   * Sets a text, a label of which there are few.
   *
   * @throws IllegalArgumentException when the column is not STRING, the text is longer than 1,024
   *     bytes of UTF-8, or the logger has seen 4,096 different texts already
   */
  public LayoutRow set(int column, String value) {
    if (types[column] != MetricType.STRING) {
      throw refused(column, "the text '" + value + "'");
    }
    if (!texts[column].equals(value)) {
      session.limits().admitText(layout.column(column).name(), value);
      texts[column] = value;
    }
    row.set(column, value);
    return this;
  }

  private IllegalArgumentException refused(int column, String value) {
    Objects.checkIndex(column, types.length);
    return new IllegalArgumentException(
        "Metric '"
            + layout.column(column).name()
            + "' holds "
            + types[column]
            + " and does not take "
            + value);
  }

  /**
   * Logs the row; never waits.
   *
   * @return false when it was dropped and counted, and after the logger's close
   * @throws IllegalStateException when no row was begun
   */
  public boolean log() {
    requireBegun();
    if (!session.offer(row)) {
      return false;
    }
    if (isStep) {
      costs.addTo(session.costs());
    }
    return true;
  }

  /**
   * Logs the row as a REQUIRED event; see {@link TrainingRow#append}.
   *
   * @return completes when the row has come as far as the level says
   */
  public CompletableFuture<AppendOutcome> append(AckLevel level) {
    requireBegun();
    session.requireOpen();
    CompletableFuture<AppendOutcome> outcome = row.append(level, AppendOptions.NONE);
    if (isStep) {
      costs.addTo(session.costs());
    }
    return outcome;
  }

  private void requireBegun() {
    if (!begun) {
      throw new IllegalStateException("Call step(...) or epoch(...) before logging a row.");
    }
  }
}
