// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.ringfold.event.MetricColumn;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Rows as JSON Lines: one flat object each, absent values left out. NaN and infinities, which JSON
 * does not have, are the texts {@code "NaN"}, {@code "Infinity"} and {@code "-Infinity"}.
 */
final class JsonRows implements RowSink {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Writer out;
  private final List<MetricColumn> columns = new ArrayList<>();
  private final List<String> members = new ArrayList<>();

  JsonRows(Writer out) {
    this.out = out;
  }

  @Override
  public void begin(List<MetricColumn> newColumns) {
    columns.addAll(newColumns);
    for (MetricColumn column : columns) {
      members.add(",\"" + quoted(column.name()) + "\":");
    }
  }

  @Override
  public void row(MetricRow row) throws IOException {
    out.append("{\"seq\":").append(Long.toString(row.sequence()));
    out.append(",\"run_id\":\"").append(quoted(row.run()));
    out.append("\",\"attempt\":").append(Integer.toString(row.attempt()));
    out.append(",\"kind\":\"").append(row.kind().name().toLowerCase(Locale.ROOT));
    out.append("\",\"ts\":").append(Long.toString(row.eventTimeNanos()));
    out.append(",\"epoch\":").append(Long.toString(row.epoch()));
    out.append(",\"step\":").append(Long.toString(row.step()));
    out.append(",\"timestamp\":");
    out.append(Numbers.toText(row.eventTimeNanos() / NANOS_PER_SECOND));
    for (int i = 0; i < members.size(); i++) {
      if (row.present(i)) {
        out.append(members.get(i));
        cell(row, i);
      }
    }
    out.append("}\n");
  }

  private void cell(MetricRow row, int column) throws IOException {
    switch (columns.get(column).type()) {
      case DOUBLE -> {
        double value = row.doubleAt(column);
        String quote = Double.isFinite(value) ? "" : "\"";
        out.append(quote).append(Numbers.toText(value)).append(quote);
      }
      case LONG -> out.append(Long.toString(row.longAt(column)));
      case BOOLEAN -> out.append(Boolean.toString(row.booleanAt(column)));
      case STRING -> out.append('"').append(quoted(row.textAt(column))).append('"');
    }
  }

  private static String quoted(String text) {
    return new String(JsonStringEncoder.getInstance().quoteAsString(text));
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
