// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.EventView;
import dev.ringfold.ForkOrigin;
import dev.ringfold.LogNames;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.MetricColumn;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.event.MetricsView;
import dev.ringfold.writers.parquet.internal.part.Column;
import dev.ringfold.writers.parquet.internal.part.ColumnBatch;
import dev.ringfold.writers.parquet.internal.part.ColumnType;
import dev.ringfold.writers.parquet.internal.part.TableSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Rows of metrics as a wide table: {@code seq, run_id, attempt, kind, ts, epoch, step, timestamp},
 * in a fork also {@code parent_store, fork_sequence} with the same values in all rows, then a
 * column for each metric, beginning with those of {@link MetricLayout#training()}. Adding a row
 * allocates nothing once its layout and texts are known.
 */
public final class MetricsProjection extends TableProjection {
  /** Its name. */
  public static final String NAME = "metrics";

  /** Name of its table. */
  public static final String TABLE = "metrics.parquet";

  static final int SEQ = 0;
  static final int RUN_ID = 1;
  static final int ATTEMPT = 2;
  static final int KIND = 3;
  static final int TS = 4;
  static final int EPOCH = 5;
  static final int STEP = 6;
  static final int TIMESTAMP = 7;
  static final int PARENT_STORE = 8;
  static final int FORK_SEQUENCE = 9;

  private static final int[] SYSTEM_COLUMNS = {0, 1, 2, 3, 4, 5, 6, 7};
  private static final int[] FORK_COLUMNS = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  private static final long NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long NANOS_PER_DAY = TimeUnit.DAYS.toNanos(1);
  private static final String[] KINDS = {"step", "epoch"};

  /** Number of the parent's id among the constant texts, behind those of the kinds. */
  private static final int PARENT_TEXT = 2;

  private final MetricsView row = new MetricsView();
  private @Nullable LayoutMapping[] mappings = new LayoutMapping[16];
  private @Nullable ForkOrigin origin;
  private long batchNumber;
  private long day;
  private int dayPartition;

  /** The projection with the clocks of this machine. */
  public MetricsProjection() {
    this(TableClocks.system());
  }

  /** For tests: with other clocks. */
  public MetricsProjection(TableClocks clocks) {
    super(TABLE, clocks);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int version() {
    return 1;
  }

  /** The columns of an empty table. */
  static List<TableColumn> emptyTable() {
    return tableOf(null);
  }

  private static List<TableColumn> tableOf(@Nullable ForkOrigin origin) {
    List<TableColumn> columns = new ArrayList<>();
    add(columns, TableSchema.SEQUENCE, ColumnType.INT64);
    add(columns, "run_id", ColumnType.STRING);
    add(columns, "attempt", ColumnType.INT32);
    add(columns, "kind", ColumnType.STRING);
    add(columns, "ts", ColumnType.INT64);
    add(columns, "epoch", ColumnType.INT64);
    add(columns, "step", ColumnType.INT64);
    add(columns, "timestamp", ColumnType.DOUBLE);
    if (origin != null) {
      add(columns, "parent_store", ColumnType.STRING);
      add(columns, "fork_sequence", ColumnType.INT64);
    }
    for (MetricColumn metric : MetricLayout.training().columns()) {
      ColumnType type = ColumnRegistry.typeOf(metric.type());
      columns.add(
          new TableColumn(
              new Column(metric.name(), columns.size() + 1, type, false), metric.name()));
    }
    return columns;
  }

  private static void add(List<TableColumn> columns, String name, ColumnType type) {
    columns.add(new TableColumn(new Column(name, columns.size() + 1, type, true), ""));
  }

  @Override
  List<TableColumn> firstColumns() {
    return tableOf(context().forkedFrom());
  }

  @Override
  Set<String> reservedNames() {
    return Set.of("run", "date"); // Partitions' directories become columns of these names.
  }

  @Override
  boolean isRow(int typeId) {
    return typeId == BuiltinTypes.METRICS_LOGGED.id();
  }

  @Override
  boolean isCut(int typeId) {
    return typeId == BuiltinTypes.RUN_CLOSED.id();
  }

  @Override
  void opened() {
    origin = context().forkedFrom();
    Arrays.fill(mappings, null);
    batchNumber++;
  }

  @Override
  void addRow(EventView event, long consuming) {
    final RowBuffer rows = rows();
    row.wrap(event.buffer(), event.payloadOffset(), event.payloadLength());
    final LayoutMapping mapping = checkedMapping(rows);
    final int stream = event.streamId();
    int run = rows.knownText(RowBuffer.STREAMS, stream);
    final String runId = run < 0 ? event.stream().name() : "";
    // From here on nothing fails that depends on the event.
    if (rows.rows() == 0) {
      batchNumber++;
      rows.use(columns().schema(), origin == null ? SYSTEM_COLUMNS : FORK_COLUMNS);
    }
    if (mapping.isNewIn(batchNumber)) {
      rows.use(columns().schema(), mapping.columns());
    }
    if (run < 0) {
      run = rows.text(RowBuffer.STREAMS, stream, runId);
    }
    rows.begin();
    try {
      final long ts = event.eventTimeNanos();
      fillSystemColumns(rows, event.sequence(), run, ts);
      mapping.fill(row, rows, context());
      rows.end(partition(rows, event, stream, ts), consuming, event.logTimeNanos());
    } catch (RuntimeException | Error e) {
      rows.cancel();
      throw e;
    }
  }

  private void fillSystemColumns(RowBuffer rows, long sequence, int run, long ts) {
    final ColumnBatch batch = rows.batch();
    final int kind = row.kind() == MetricsLogged.Kind.EPOCH ? 1 : 0;
    int kindText = rows.knownText(RowBuffer.CONSTANTS, kind);
    if (kindText < 0) {
      kindText = rows.text(RowBuffer.CONSTANTS, kind, KINDS[kind]);
    }
    batch.setLong(SEQ, sequence);
    batch.setString(RUN_ID, run);
    batch.setInt(ATTEMPT, row.attempt());
    batch.setString(KIND, kindText);
    batch.setLong(TS, ts);
    batch.setLong(EPOCH, row.epoch());
    batch.setLong(STEP, row.step());
    batch.setDouble(TIMESTAMP, seconds(ts));
    final ForkOrigin fork = origin;
    if (fork != null) {
      int parent = rows.knownText(RowBuffer.CONSTANTS, PARENT_TEXT);
      if (parent < 0) {
        parent = rows.text(RowBuffer.CONSTANTS, PARENT_TEXT, fork.parentStoreId());
      }
      batch.setString(PARENT_STORE, parent);
      batch.setLong(FORK_SEQUENCE, fork.sequence());
    }
  }

  /**
   * Seconds and their fraction apart: the whole sum of nanoseconds has more digits than a double.
   */
  static double seconds(long nanos) {
    return Math.floorDiv(nanos, NANOS) + Math.floorMod(nanos, NANOS) / (double) NANOS;
  }

  private LayoutMapping checkedMapping(RowBuffer rows) {
    final int id = row.layoutId();
    final LayoutMapping known = id >= 0 && id < mappings.length ? mappings[id] : null;
    if (known != null) {
      known.checkColumns(row);
      if (known.hasTexts()) {
        known.check(row, rows, context());
      }
      return known;
    }
    LogNames names = context().names();
    MetricLayout layout = names.layout(id);
    LayoutMapping.check(layout, row, names);
    LayoutMapping mapping = new LayoutMapping(layout, columns().columnsOf(layout));
    if (id >= mappings.length) {
      mappings = Arrays.copyOf(mappings, Math.max(id + 1, mappings.length * 2));
    }
    mappings[id] = mapping;
    return mapping;
  }

  private int partition(RowBuffer rows, EventView event, int stream, long ts) {
    return switch (options().partition()) {
      case NONE -> rows.isFirst() ? rows.partition("") : rows.partitions().size() - 1;
      case RUN -> {
        int known = rows.rememberedPartition(stream);
        yield known >= 0
            ? known
            : rows.rememberPartition(stream, rows.partition(PartNames.run(event.stream().name())));
      }
      case DATE -> {
        long rowDay = Math.floorDiv(ts, NANOS_PER_DAY);
        if (rows.isFirst() || rowDay != day) {
          dayPartition = rows.partition(PartNames.day(rowDay));
          day = rowDay;
        }
        yield dayPartition;
      }
    };
  }
}
