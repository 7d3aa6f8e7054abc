// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import dev.ringfold.EventLog;
import dev.ringfold.LogOption;
import dev.ringfold.MetricsRow;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import dev.ringfold.event.MetricsLogged;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;

/**
 * What is published and when the process dies: the same for parent and child, since both know the
 * seed. Immutable; any thread.
 */
final class DemoPlan {
  /** How often the whole data set is offered. */
  static final int PASSES = 100;

  /** Rows that are offered, LOSSY. */
  static final int GOAL = PASSES * Digits.ROWS;

  /** Producer of the rows that are offered. */
  static final String OFFERING = "offering";

  /** Producer of the rows that are appended. */
  static final String APPENDING = "appending";

  /** Stream of the rows that are appended and acknowledged at DISK. */
  static final String REQUIRED_STREAM = "required";

  /** Streams of the rows that are offered: one for each digit. */
  static final String DIGIT_STREAM = "digit-";

  /** Column of the label, behind the pixels. */
  static final int LABEL_COLUMN = Digits.PIXELS;

  private static final long LOW_SPACE_BYTES = 192L << 20;
  private static final long FULL_SPACE_BYTES = 96L << 20;
  private static final int KILL_PASS_MIN = PASSES * 35 / 100;
  private static final int KILL_PASS_MAX = PASSES * 65 / 100;

  private final int[] order = new int[Digits.ROWS];
  private final int killAt;

  DemoPlan(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < order.length; i++) {
      int other = random.nextInt(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    int from = KILL_PASS_MIN * Digits.ROWS;
    killAt = from + random.nextInt((KILL_PASS_MAX - KILL_PASS_MIN) * Digits.ROWS);
  }

  /** Which row of the data set is offered as the n-th of all. */
  int row(int n) {
    return order[n % Digits.ROWS];
  }

  /** In which pass over the data set the n-th row is offered. */
  static int pass(int n) {
    return n / Digits.ROWS;
  }

  /** From this offer on the process may kill itself. */
  int killAt() {
    return killAt;
  }

  /** The columns: 64 pixels and the label. */
  static MetricLayout layout() {
    MetricLayout.Builder layout = MetricLayout.builder();
    for (int pixel = 0; pixel < Digits.PIXELS; pixel++) {
      layout.column("pixel_" + pixel / 8 + "_" + pixel % 8, MetricType.LONG);
    }
    return layout.column("label", MetricType.LONG).build();
  }

  /** Fills a row of metrics with an image. */
  static MetricsRow fill(MetricsRow target, Digits digits, int row, int pass, int attempt) {
    target.begin(MetricsLogged.Kind.STEP, attempt, pass, row, Long.MIN_VALUE);
    for (int column = 0; column <= LABEL_COLUMN; column++) {
      target.set(column, (long) digits.cell(row, column));
    }
    return target;
  }

  /** Opens the store; the environment does not change what the demo shows. */
  static EventLog open(Path store) {
    return EventLog.builder(store)
        .environment(Map.of())
        .set(LogOption.LOW_SPACE_BYTES, LOW_SPACE_BYTES)
        .set(LogOption.FULL_SPACE_BYTES, FULL_SPACE_BYTES)
        .build();
  }

  /** The key that makes a second append of a row harmless. */
  static String key(int row) {
    return "row-" + row;
  }
}
