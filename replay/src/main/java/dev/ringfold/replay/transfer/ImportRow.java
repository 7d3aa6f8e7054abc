// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import dev.ringfold.event.MetricType;
import dev.ringfold.event.MetricsLogged;
import java.util.ArrayList;
import java.util.List;

/** One row out of a file, filled again for every record. One thread. */
final class ImportRow {
  /** The row has no time of its own. */
  static final long NO_TIME = Long.MIN_VALUE;

  /**
   * One metric.
   *
   * @param column its place in the layout
   * @param bits of a double, a long, or 1 for true; 0 for a text
   * @param text of a STRING, else empty
   */
  record Value(int column, MetricType type, long bits, String text) {}

  final List<Value> values = new ArrayList<>();
  String run = "";
  MetricsLogged.Kind kind = MetricsLogged.Kind.STEP;
  int attempt;
  int epoch;
  long step;
  long eventTimeNanos = NO_TIME;
}
