// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.LogNames;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import dev.ringfold.event.MetricsView;
import dev.ringfold.projections.ProjectionContext;

/** Where the cells of a layout's rows go. Belongs to one thread. */
final class LayoutMapping {
  private final MetricType[] types;
  private final int[] columns;
  private final boolean hasTexts;
  private long usedInBatch;

  /** The mapping of a layout to these columns of the table. */
  LayoutMapping(MetricLayout layout, int[] columns) {
    this.types = new MetricType[layout.size()];
    boolean texts = false;
    for (int i = 0; i < types.length; i++) {
      types[i] = layout.column(i).type();
      texts |= types[i] == MetricType.STRING;
    }
    this.columns = columns;
    this.hasTexts = texts;
  }

  int[] columns() {
    return columns;
  }

  /** True the first time it is asked with this number. */
  boolean isNewIn(long batchNumber) {
    boolean isNew = usedInBatch != batchNumber;
    usedInBatch = batchNumber;
    return isNew;
  }

  /** Whether rows may name texts. */
  boolean hasTexts() {
    return hasTexts;
  }

  /** Fails when the row does not fit the layout or names a text that the journal does not have. */
  static void check(MetricLayout layout, MetricsView row, LogNames names) {
    if (layout.size() != row.columns()) {
      throw misfit(layout.size(), row);
    }
    for (int i = 0; i < layout.size(); i++) {
      if (layout.column(i).type() == MetricType.STRING && row.present(i)) {
        names.name(Math.toIntExact(row.longAt(i)));
      }
    }
  }

  /** As {@link #check(MetricLayout, MetricsView, LogNames)}, for texts that rows may not know. */
  void check(MetricsView row, RowBuffer rows, ProjectionContext context) {
    for (int i = 0; i < types.length; i++) {
      if (types[i] == MetricType.STRING && row.present(i)) {
        int number = Math.toIntExact(row.longAt(i));
        if (rows.knownText(RowBuffer.NAMES, number) < 0) {
          context.names().name(number);
        }
      }
    }
  }

  void checkColumns(MetricsView row) {
    if (row.columns() != columns.length) {
      throw misfit(columns.length, row);
    }
  }

  /** Sets the cells of a row that was checked. Allocates nothing for texts that are known. */
  void fill(MetricsView row, RowBuffer rows, ProjectionContext context) {
    final var batch = rows.batch();
    final boolean complete = row.complete();
    for (int i = 0; i < columns.length; i++) {
      if (complete || row.present(i)) {
        final long cell = row.longAt(i);
        switch (types[i]) {
          case DOUBLE -> batch.setDouble(columns[i], Double.longBitsToDouble(cell));
          case LONG -> batch.setLong(columns[i], cell);
          case BOOLEAN -> batch.setBoolean(columns[i], cell != 0);
          case STRING -> batch.setString(columns[i], text((int) cell, rows, context));
        }
      }
    }
  }

  private static int text(int number, RowBuffer rows, ProjectionContext context) {
    int known = rows.knownText(RowBuffer.NAMES, number);
    return known >= 0 ? known : rows.text(RowBuffer.NAMES, number, context.names().name(number));
  }

  private static IllegalArgumentException misfit(int expected, MetricsView row) {
    return new IllegalArgumentException(
        "Metrics row with layout "
            + row.layoutId()
            + ": expected "
            + expected
            + " columns, found "
            + row.columns());
  }
}
