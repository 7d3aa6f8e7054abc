// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RowHashTest {
  private static final TableSchema SCHEMA =
      TableSchema.of(
          List.of(
              new Column("seq", 1, ColumnType.INT64, true),
              new Column("x", 2, ColumnType.DOUBLE, false),
              new Column("y", 3, ColumnType.DOUBLE, false),
              new Column("s", 4, ColumnType.STRING, false),
              new Column("b", 5, ColumnType.BOOLEAN, false),
              new Column("i", 6, ColumnType.INT32, false)));

  @Test
  void theHashIsWhatItsDefinitionSays() {
    ColumnBatch batch = SampleRows.batch(2_500, SampleRows.SEED);

    RowHash sum = RowHash.NONE;
    for (int row = 0; row < batch.rows(); row++) {
      sum = sum.plus(ReferenceRowHash.row(batch, row));
    }

    assertThat(RowHash.of(batch, 0, batch.rows())).isEqualTo(sum);
  }

  /** A changed definition would make every table that exists look damaged. */
  @Test
  void theHashOfAKnownRowNeverChanges() {
    ColumnBatch batch = new ColumnBatch(SCHEMA, 1);
    row(batch, 7L, 0.5, null, "ä", true, -3);

    assertThat(RowHash.of(batch, 0, 1)).hasToString("45a0856a14a79b62edff6709ff12adf3");
  }

  @Test
  void neitherOrderNorSplitNorColumnsWithoutValuesMatter() {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      order.add(i);
    }
    ColumnBatch ascending = batch(SCHEMA, order);
    Collections.shuffle(order, new Random(SampleRows.SEED));
    ColumnBatch shuffled = batch(SCHEMA, order);
    TableSchema wider =
        TableSchema.of(
            List.of(
                new Column("i", 16, ColumnType.INT32, false),
                new Column("unused", 7, ColumnType.DOUBLE, false),
                new Column("s", 4, ColumnType.STRING, false),
                new Column("seq", 1, ColumnType.INT64, true),
                new Column("y", 3, ColumnType.DOUBLE, false),
                new Column("b", 5, ColumnType.BOOLEAN, false),
                new Column("x", 2, ColumnType.DOUBLE, false)));
    RowHash hash = RowHash.of(ascending, 0, 3_000);

    assertThat(RowHash.of(shuffled, 0, 3_000)).isEqualTo(hash);
    assertThat(RowHash.of(batch(wider, order), 0, 3_000)).isEqualTo(hash);
    assertThat(RowHash.of(ascending, 0, 17).plus(RowHash.of(ascending, 17, 3_000))).isEqualTo(hash);
  }

  @Test
  void everyChangeOfOneCellOrRowChangesTheHash() {
    Set<RowHash> hashes = new HashSet<>();
    Object[][] rows = {
      {1L, 0.0, null, "a", true, 1},
      {2L, 0.0, null, "a", true, 1},
      {1L, -0.0, null, "a", true, 1},
      {1L, Double.NaN, null, "a", true, 1},
      {1L, Double.longBitsToDouble(0x7ff8000000000001L), null, "a", true, 1},
      {1L, null, 0.0, "a", true, 1},
      {1L, null, null, "a", true, 1},
      {1L, 0.0, 0.0, "a", true, 1},
      {1L, 0.0, null, "b", true, 1},
      {1L, 0.0, null, "", true, 1},
      {1L, 0.0, null, null, true, 1},
      {1L, 0.0, null, "a", false, 1},
      {1L, 0.0, null, "a", null, 1},
      {1L, 0.0, null, "a", true, 0},
      {1L, 0.0, null, "a", true, -1},
      {1L, 0.0, null, "a", true, null},
    };
    for (Object[] cells : rows) {
      ColumnBatch batch = new ColumnBatch(SCHEMA, 2);
      row(batch, cells);
      hashes.add(RowHash.of(batch, 0, 1));
      row(batch, cells);
      hashes.add(RowHash.of(batch, 0, 2));
    }

    assertThat(hashes).hasSize(2 * rows.length);
  }

  @Test
  void hashesOfManySimilarRowsDiffer() {
    Set<Long> halves = new HashSet<>();
    ColumnBatch batch = new ColumnBatch(SCHEMA, 1);
    for (int i = 0; i < 100_000; i++) {
      batch.clear();
      row(batch, (long) (i / 100), i % 100 / 8.0, null, null, null, null);
      RowHash hash = RowHash.of(batch, 0, 1);
      halves.add(hash.high());
      halves.add(hash.low());
    }

    assertThat(halves).hasSize(200_000);
  }

  @Test
  void theTextOfAHashIsReadBack() {
    RowHash hash = new RowHash(0x0123456789abcdefL, -1);

    assertThat(hash).hasToString("0123456789abcdefffffffffffffffff");
    assertThat(RowHash.parse(hash.toString())).isEqualTo(hash);
    assertThatThrownBy(() -> RowHash.parse("12")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RowHash.parse("x".repeat(32)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static ColumnBatch batch(TableSchema schema, List<Integer> order) {
    ColumnBatch batch = new ColumnBatch(schema, order.size());
    for (int value : order) {
      Random random = new Random(value);
      row(
          batch,
          (long) value,
          random.nextBoolean() ? random.nextDouble() : null,
          value % 2 == 0 ? random.nextDouble() : null,
          value % 3 == 0 ? "t" + value % 10 : null,
          value % 5 == 0,
          value % 7 == 0 ? value : null);
    }
    return batch;
  }

  private static void row(ColumnBatch batch, Object... cells) {
    batch.beginRow();
    for (int i = 0; i < cells.length; i++) {
      int column = batch.schema().indexOf(SCHEMA.column(i).name());
      if (cells[i] instanceof Long value) {
        batch.setLong(column, value);
      } else if (cells[i] instanceof Double value) {
        batch.setDouble(column, value);
      } else if (cells[i] instanceof String value) {
        batch.setString(column, batch.addString(value));
      } else if (cells[i] instanceof Boolean value) {
        batch.setBoolean(column, value);
      } else if (cells[i] instanceof Integer value) {
        batch.setInt(column, value);
      }
    }
    batch.endRow();
  }
}
