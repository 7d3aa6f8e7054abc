// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import dev.ringfold.event.MetricsLogged;

/**
 * One row of metrics as a {@link RowSource} gives it out: what every row has, and the cells of the
 * source's columns. The source moves the same object from row to row. One thread.
 */
public interface MetricRow {
  /** Sequence of the row's event. */
  long sequence();

  /** The run it belongs to. */
  String run();

  /** Which try of the run. */
  int attempt();

  /** Of a step or of a whole epoch. */
  MetricsLogged.Kind kind();

  /** The caller's clock, nanoseconds since 1970. */
  long eventTimeNanos();

  /** Epoch number. */
  long epoch();

  /** Step number, -1 for a whole epoch. */
  long step();

  /** Whether the row has a value in this column. */
  boolean present(int column);

  /** The value of a DOUBLE column that is present. */
  double doubleAt(int column);

  /** The value of a LONG column that is present. */
  long longAt(int column);

  /** The value of a BOOLEAN column that is present. */
  boolean booleanAt(int column);

  /** The value of a STRING column that is present. */
  String textAt(int column);
}
