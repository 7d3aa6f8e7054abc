// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.query;

import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The tables of a store at this moment: files of the newest commit and the open part, never those
 * that a pattern finds, so that no row is missing or there twice while it is written.
 *
 * @param outputs directory of the tables
 * @param metrics the table of metrics
 * @param ledger the table of the ledger, when there is one
 */
public record StoreTables(Path outputs, MetricTable metrics, Optional<MetricTable> ledger) {
  /** Columns of a table of metrics without a row. */
  public static final List<TableView.Column> EMPTY =
      List.of(
          new TableView.Column("seq", "BIGINT"),
          new TableView.Column("run_id", "VARCHAR"),
          new TableView.Column("attempt", "INTEGER"),
          new TableView.Column("kind", "VARCHAR"),
          new TableView.Column("ts", "BIGINT"),
          new TableView.Column("epoch", "BIGINT"),
          new TableView.Column("step", "BIGINT"),
          new TableView.Column("timestamp", "DOUBLE"));

  /** The tables in a directory; empty when there is no table of metrics. */
  public static Optional<StoreTables> in(Path outputs) throws IOException {
    Optional<MetricTable> metrics = open(MetricTables.metricsTable(outputs));
    if (metrics.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new StoreTables(outputs, metrics.get(), open(MetricTables.ledgerTable(outputs))));
  }

  /** The views {@code metrics} and, when there is a table, {@code ledger}. */
  public List<TableView> views() {
    List<TableView> views = new ArrayList<>();
    views.add(view("metrics", metrics));
    ledger.ifPresent(table -> views.add(view("ledger", table)));
    return views;
  }

  /** A table as a view of this name. */
  public static TableView view(String name, MetricTable table) {
    return view(name, table, table.files());
  }

  /** Some files of a table as a view of this name. */
  public static TableView view(String name, MetricTable table, List<Path> files) {
    return new TableView(name, files, columns(table));
  }

  /** The columns of a table in SQL. */
  public static List<TableView.Column> columns(MetricTable table) {
    List<TableView.Column> columns = new ArrayList<>();
    for (MetricTable.ColumnSummary column : table.columns()) {
      columns.add(new TableView.Column(column.name(), sqlType(column.type())));
    }
    return columns.isEmpty() ? EMPTY : columns;
  }

  private static String sqlType(String type) {
    return switch (type.toLowerCase(Locale.ROOT)) {
      case "int32" -> "INTEGER";
      case "int64" -> "BIGINT";
      case "double" -> "DOUBLE";
      case "boolean" -> "BOOLEAN";
      default -> "VARCHAR";
    };
  }

  private static Optional<MetricTable> open(Path table) throws IOException {
    try {
      return Optional.of(MetricTable.open(table));
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    }
  }
}
