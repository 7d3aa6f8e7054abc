// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;

/** The costs that one row of a layout brings, if it has columns for them. One thread. */
final class CostColumns {
  static final String COST_USD = "cost_usd";
  static final String CREDITS_USED = "credits_used";

  private final int usdColumn;
  private final int creditsColumn;
  private double usd;
  private double credits;

  CostColumns(MetricLayout layout) {
    usdColumn = doubleColumn(layout, COST_USD);
    creditsColumn = doubleColumn(layout, CREDITS_USED);
  }

  /** Index of a DOUBLE column of this name, or -1. */
  static int doubleColumn(MetricLayout layout, String name) {
    int index = layout.indexOf(name);
    return index >= 0 && layout.column(index).type() == MetricType.DOUBLE ? index : -1;
  }

  void clear() {
    usd = 0;
    credits = 0;
  }

  void note(int column, double value) {
    if (column == usdColumn) {
      usd = value;
    } else if (column == creditsColumn) {
      credits = value;
    }
  }

  void addTo(CostMeter costs) {
    if (usd != 0 || credits != 0) {
      costs.add(usd, credits);
    }
  }
}
