// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import dev.ringfold.event.MetricColumn;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;

/**
 * Rows as CSV with a header: the columns of a table in their order. Doubles are written so that
 * reading them gives the same bits; NaN, Infinity and -Infinity by these words.
 */
final class CsvRows implements RowSink {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Writer out;
  private List<MetricColumn> columns = List.of();

  CsvRows(Writer out) {
    this.out = out;
  }

  @Override
  public void begin(List<MetricColumn> newColumns) throws IOException {
    columns = List.copyOf(newColumns);
    String separator = "";
    for (SystemColumn column : SystemColumn.values()) {
      out.append(separator).append(column.columnName());
      separator = ",";
    }
    for (MetricColumn column : columns) {
      Csv.field(out.append(','), column.name());
    }
    out.append(Csv.LINE_END);
  }

  @Override
  public void row(MetricRow row) throws IOException {
    out.append(Long.toString(row.sequence())).append(',');
    Csv.field(out, row.run());
    out.append(',').append(Integer.toString(row.attempt()));
    out.append(',').append(row.kind().name().toLowerCase(Locale.ROOT));
    out.append(',').append(Long.toString(row.eventTimeNanos()));
    out.append(',').append(Long.toString(row.epoch()));
    out.append(',').append(Long.toString(row.step()));
    out.append(',').append(Numbers.toText(row.eventTimeNanos() / NANOS_PER_SECOND));
    for (int i = 0; i < columns.size(); i++) {
      out.append(',');
      if (row.present(i)) {
        cell(row, i);
      }
    }
    out.append(Csv.LINE_END);
  }

  private void cell(MetricRow row, int column) throws IOException {
    switch (columns.get(column).type()) {
      case DOUBLE -> out.append(Numbers.toText(row.doubleAt(column)));
      case LONG -> out.append(Long.toString(row.longAt(column)));
      case BOOLEAN -> out.append(Boolean.toString(row.booleanAt(column)));
      case STRING -> Csv.field(out, row.textAt(column));
    }
  }

  @Override
  public void end() throws IOException {
    out.flush();
  }

  @Override
  public void close() {
    // The writer belongs to who made it.
  }
}
