// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Tables of any shape: columns, lengths, runs, counters, nulls in stretches. */
final class RandomTables {
  private static final int MAX_ROWS = 3_000;

  private RandomTables() {}

  static ColumnBatch batch(Random random) {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("seq", 1, ColumnType.INT64, true));
    int size = 1 + random.nextInt(12);
    for (int i = 0; i < size; i++) {
      ColumnType type = ColumnType.values()[random.nextInt(ColumnType.values().length)];
      columns.add(new Column("c " + i + " ö'\"", 10 + i, type, random.nextInt(4) == 0));
    }
    TableSchema schema = TableSchema.of(columns);
    int rows = 1 + random.nextInt(MAX_ROWS);
    ColumnBatch batch = new ColumnBatch(schema, rows);
    Source[] sources = new Source[schema.size()];
    for (int i = 1; i < sources.length; i++) {
      sources[i] = new Source(random);
    }
    for (int row = 0; row < rows; row++) {
      batch.beginRow();
      batch.setLong(0, row);
      for (int i = 1; i < sources.length; i++) {
        sources[i].set(batch, i, random);
      }
      batch.endRow();
      if (random.nextInt(50) == 0 && !batch.isFull()) {
        batch.beginRow();
        batch.setLong(0, -1);
        batch.cancelRow();
      }
    }
    return batch;
  }

  /** Values that stay for a while, count up, or jump; and nulls that stay for a while. */
  private static final class Source {
    private final int stay;
    private final int nullStay;
    private final int kind;
    private final int range;
    private long value;
    private boolean absent;

    Source(Random random) {
      stay = 1 + random.nextInt(60);
      nullStay = 1 + random.nextInt(100);
      kind = random.nextInt(3);
      range = 1 + random.nextInt(random.nextBoolean() ? 5 : 3_000);
      absent = random.nextBoolean();
    }

    void set(ColumnBatch batch, int column, Random random) {
      if (random.nextInt(nullStay) == 0) {
        absent = random.nextBoolean();
      }
      if (kind == 0 || random.nextInt(stay) == 0) {
        value = kind == 1 ? value + random.nextInt(3) : random.nextInt(range) * 0x1234567L;
      }
      Column target = batch.schema().column(column);
      if (absent && !target.required()) {
        return;
      }
      switch (target.type()) {
        case INT32 -> batch.setInt(column, (int) value);
        case INT64 -> batch.setLong(column, random.nextInt(99) == 0 ? ~value << 20 : value);
        case DOUBLE ->
            batch.setDouble(
                column, random.nextInt(99) == 0 ? SampleRows.odd(random) : value / 1000.0);
        case BOOLEAN -> batch.setBoolean(column, (value & 1) != 0);
        case STRING -> batch.setString(column, batch.addString(value == 0 ? "" : "t" + value));
      }
    }
  }
}
