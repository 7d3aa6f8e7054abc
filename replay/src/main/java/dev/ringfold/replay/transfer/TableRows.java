// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import dev.ringfold.event.MetricColumn;
import dev.ringfold.event.MetricType;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.writers.parquet.MetricRows;
import dev.ringfold.writers.parquet.MetricTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rows of a table: those whose events the journal does not hold any more. One thread. */
final class TableRows implements RowSource {
  private static final String EPOCH = "epoch";

  private final MetricTable table;
  private final long below;
  private final List<MetricTable.ColumnSummary> metrics = new ArrayList<>();

  /** Rows of events below a sequence. */
  TableRows(MetricTable table, long below) {
    this.table = table;
    this.below = below;
    for (MetricTable.ColumnSummary column : table.columns()) {
      if (!column.metric().isEmpty()) {
        metrics.add(column);
      }
    }
  }

  /** What the columns hold: the metric's name and type, in the table's order. */
  List<MetricColumn> metrics() {
    return metrics.stream().map(c -> new MetricColumn(c.metric(), type(c.type()))).toList();
  }

  @Override
  public List<MetricColumn> columns() {
    return metrics.stream().map(c -> new MetricColumn(c.name(), type(c.type()))).toList();
  }

  @Override
  public void forEach(RowFilter filter, Consumer consumer) throws IOException {
    try (MetricRows rows = table.rowsUpTo(below - 1)) {
      Row row = new Row(rows);
      boolean more = true;
      while (more && rows.next()) {
        more = row.sequence() >= below || !filter.accepts(row) || consumer.accept(row);
      }
    }
  }

  private static MetricType type(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "int32", "int64" -> MetricType.LONG;
      case "boolean" -> MetricType.BOOLEAN;
      case "string" -> MetricType.STRING;
      default -> MetricType.DOUBLE;
    };
  }

  /** Moves over the table. */
  private final class Row implements MetricRow {
    private final MetricRows rows;
    private final int[] system = new int[SystemColumn.values().length];
    private final int[] place = new int[metrics.size()];

    Row(MetricRows rows) {
      this.rows = rows;
      for (SystemColumn column : SystemColumn.values()) {
        system[column.place()] = rows.column(column.columnName());
      }
      for (int i = 0; i < place.length; i++) {
        place[i] = rows.column(metrics.get(i).name());
      }
    }

    private long number(SystemColumn column) {
      return rows.longAt(system[column.place()]);
    }

    @Override
    public long sequence() {
      return number(SystemColumn.SEQ);
    }

    @Override
    public String run() {
      return rows.stringAt(system[SystemColumn.RUN_ID.place()]);
    }

    @Override
    public int attempt() {
      return (int) number(SystemColumn.ATTEMPT);
    }

    @Override
    public MetricsLogged.Kind kind() {
      return rows.stringAt(system[SystemColumn.KIND.place()]).equals(EPOCH)
          ? MetricsLogged.Kind.EPOCH
          : MetricsLogged.Kind.STEP;
    }

    @Override
    public long eventTimeNanos() {
      return number(SystemColumn.TS);
    }

    @Override
    public long epoch() {
      return number(SystemColumn.EPOCH);
    }

    @Override
    public long step() {
      return number(SystemColumn.STEP);
    }

    @Override
    public boolean present(int column) {
      return column < place.length && !rows.isNull(place[column]);
    }

    @Override
    public double doubleAt(int column) {
      return rows.doubleAt(place[column]);
    }

    @Override
    public long longAt(int column) {
      return rows.longAt(place[column]);
    }

    @Override
    public boolean booleanAt(int column) {
      return rows.booleanAt(place[column]);
    }

    @Override
    public String textAt(int column) {
      return rows.stringAt(place[column]);
    }
  }
}
