// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.EventView;
import dev.ringfold.LogNames;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.DropsObserved;
import dev.ringfold.event.Event;
import dev.ringfold.event.LedgerMark;
import dev.ringfold.writers.parquet.TableOptions;
import dev.ringfold.writers.parquet.internal.part.Column;
import dev.ringfold.writers.parquet.internal.part.ColumnBatch;
import dev.ringfold.writers.parquet.internal.part.ColumnType;
import dev.ringfold.writers.parquet.internal.part.TableSchema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The loss ledger as a table: a row of kind {@code mark} for each account of a producer, of kind
 * {@code drops} for each range of events that were not stored. For the newest mark of each session
 * and producer {@code offered = stored + dropped}, and {@code dropped} is the sum of {@code count}
 * over its drops.
 */
public final class LedgerProjection extends TableProjection {
  /** Its name. */
  public static final String NAME = "ledger";

  /** Name of its table. */
  public static final String TABLE = "ledger.parquet";

  private static final int SEQ = 0;
  private static final int KIND = 1;
  private static final int TS = 2;
  private static final int SESSION = 3;
  private static final int PRODUCER = 4;
  private static final int PRODUCER_NAME = 5;
  private static final int STREAM = 6;
  private static final int OFFERED = 7;
  private static final int STORED = 8;
  private static final int DROPPED = 9;
  private static final int FIRST_OFFER = 10;
  private static final int LAST_OFFER = 11;
  private static final int COUNT = 12;
  private static final int REASON = 13;
  private static final int LOWER_BOUND = 14;
  private static final int CLOSING = 15;

  private static final int[] ALL = new int[CLOSING + 1];
  private static final Duration SEAL_AFTER = Duration.ofHours(1);

  static {
    for (int i = 0; i < ALL.length; i++) {
      ALL[i] = i;
    }
  }

  /** The projection with the clocks of this machine. */
  public LedgerProjection() {
    this(TableClocks.system());
  }

  /** For tests: with other clocks. */
  public LedgerProjection(TableClocks clocks) {
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

  @Override
  List<TableColumn> firstColumns() {
    List<TableColumn> columns = new ArrayList<>();
    add(columns, TableSchema.SEQUENCE, ColumnType.INT64, true);
    add(columns, "kind", ColumnType.STRING, true);
    add(columns, "ts", ColumnType.INT64, true);
    add(columns, "session", ColumnType.INT32, true);
    add(columns, "producer", ColumnType.INT32, true);
    add(columns, "producer_name", ColumnType.STRING, true);
    add(columns, "stream", ColumnType.STRING, false);
    add(columns, "offered", ColumnType.INT64, false);
    add(columns, "stored", ColumnType.INT64, false);
    add(columns, "dropped", ColumnType.INT64, false);
    add(columns, "first_offer", ColumnType.INT64, false);
    add(columns, "last_offer", ColumnType.INT64, false);
    add(columns, "count", ColumnType.INT64, false);
    add(columns, "reason", ColumnType.STRING, false);
    add(columns, "lower_bound", ColumnType.BOOLEAN, false);
    add(columns, "closing", ColumnType.BOOLEAN, false);
    return columns;
  }

  private static void add(
      List<TableColumn> columns, String name, ColumnType type, boolean required) {
    columns.add(new TableColumn(new Column(name, columns.size() + 1, type, required), ""));
  }

  @Override
  TableOptions firstOptions() {
    return TableOptions.defaults().withSealAfter(SEAL_AFTER);
  }

  @Override
  boolean isRow(int typeId) {
    return typeId == BuiltinTypes.LEDGER_MARK.id() || typeId == BuiltinTypes.DROPS_OBSERVED.id();
  }

  @Override
  boolean isCut(int typeId) {
    return typeId == BuiltinTypes.LOG_CLOSED.id() || typeId == BuiltinTypes.RUN_CLOSED.id();
  }

  @Override
  void addRow(EventView event, long consuming) {
    LogNames names = context().names();
    Event decoded = context().decode(event);
    if (decoded instanceof DropsObserved drops) {
      String producer = names.producer(drops.session(), drops.producer());
      String stream = names.stream(drops.stream()).key().name();
      add(event, consuming, "drops", () -> fill(drops, producer, stream));
    } else if (decoded instanceof LedgerMark mark) {
      String producer = names.name(mark.nameId());
      add(event, consuming, "mark", () -> fill(mark, producer));
    } else {
      throw new IllegalArgumentException("not an event of the ledger: type " + event.typeId());
    }
  }

  private void add(EventView event, long consuming, String kind, Runnable fill) {
    RowBuffer rows = rows();
    rows.use(columns().schema(), ALL);
    rows.begin();
    try {
      rows.batch().setLong(SEQ, event.sequence());
      rows.batch().setString(KIND, text(kind));
      rows.batch().setLong(TS, event.logTimeNanos());
      fill.run();
      rows.end(rows.partition(""), consuming, event.logTimeNanos());
    } catch (RuntimeException | Error e) {
      rows.cancel();
      throw e;
    }
  }

  private void fill(LedgerMark mark, String producer) {
    ColumnBatch batch = rows().batch();
    batch.setInt(SESSION, mark.session());
    batch.setInt(PRODUCER, mark.producer());
    batch.setString(PRODUCER_NAME, text(producer));
    batch.setLong(OFFERED, mark.offered());
    batch.setLong(STORED, mark.stored());
    batch.setLong(DROPPED, mark.dropped());
    batch.setBoolean(LOWER_BOUND, mark.lowerBound());
    batch.setBoolean(CLOSING, mark.closing());
  }

  private void fill(DropsObserved drops, String producer, String stream) {
    ColumnBatch batch = rows().batch();
    batch.setInt(SESSION, drops.session());
    batch.setInt(PRODUCER, drops.producer());
    batch.setString(PRODUCER_NAME, text(producer));
    batch.setString(STREAM, text(stream));
    batch.setLong(FIRST_OFFER, drops.from());
    batch.setLong(LAST_OFFER, drops.to());
    batch.setLong(COUNT, drops.count());
    batch.setString(REASON, text(drops.reason().name().toLowerCase(Locale.ROOT)));
  }

  private int text(String text) {
    return rows().batch().addString(text);
  }
}
