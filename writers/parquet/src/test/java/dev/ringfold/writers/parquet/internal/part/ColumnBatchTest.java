// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ColumnBatchTest {
  private static final TableSchema SCHEMA =
      TableSchema.of(
          List.of(
              new Column("seq", 1, ColumnType.INT64, true),
              new Column("run", 2, ColumnType.STRING, true),
              new Column("loss", 3, ColumnType.DOUBLE, false),
              new Column("ok", 4, ColumnType.BOOLEAN, false),
              new Column("attempt", 5, ColumnType.INT32, false)));

  @Test
  void fillingRowsAllocatesNothingOnceTheBatchWasFull() {
    TrainingRows rows = new TrainingRows(SampleRows.SEED, 20_000);
    ColumnBatch batch = new ColumnBatch(TrainingRows.schema(), rows.size);
    rows.fill(batch, 0, rows.size);
    int[] texts = new int[TrainingRows.BACKENDS.length];
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 5; round++) {
      batch.clear();
      for (int i = 0; i < texts.length; i++) {
        texts[i] = batch.addString(TrainingRows.BACKENDS[i]);
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      rows.fill(batch, 0, rows.size, texts);
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }

    assertThat(batch.rows()).isEqualTo(rows.size);
    // The measurement itself may allocate a little; a single object per row would be 320,000.
    assertThat(least).isLessThan(1_000);
  }

  @Test
  void rowsComeBackAsTheyWereSet() {
    ColumnBatch batch = new ColumnBatch(SCHEMA, 10);

    assertThat(batch.beginRow()).isZero();
    batch.setLong(0, 42);
    batch.setString(1, batch.addString("a"));
    batch.setDouble(2, -0.0);
    batch.setBoolean(3, true);
    batch.setInt(4, -7);
    batch.endRow();
    addRow(batch, 43, "b");

    assertThat(batch.rows()).isEqualTo(2);
    assertThat(batch.longAt(0, 0)).isEqualTo(42);
    assertThat(batch.stringAt(0, 1)).isEqualTo("a");
    assertThat(Double.doubleToRawLongBits(batch.doubleAt(0, 2)))
        .isEqualTo(Double.doubleToRawLongBits(-0.0));
    assertThat(batch.booleanAt(0, 3)).isTrue();
    assertThat(batch.intAt(0, 4)).isEqualTo(-7);
    assertThat(batch.stringAt(1, 1)).isEqualTo("b");
    assertThat(batch.isNull(1, 0)).isFalse();
    for (int column = 2; column < SCHEMA.size(); column++) {
      assertThat(batch.isNull(0, column)).isFalse();
      assertThat(batch.isNull(1, column)).isTrue();
      assertThat(batch.valueAt(1, column)).isNull();
    }
  }

  @Test
  void aCancelledRowLeavesNothingBehind() {
    ColumnBatch batch = new ColumnBatch(SCHEMA, 10);
    batch.beginRow();
    batch.setDouble(2, 1.0);
    batch.setBoolean(3, true);
    batch.cancelRow();
    batch.cancelRow();

    addRow(batch, 1, "a");

    assertThat(batch.rows()).isEqualTo(1);
    assertThat(batch.isNull(0, 2)).isTrue();
    assertThat(batch.isNull(0, 3)).isTrue();
  }

  @Test
  void clearForgetsRowsValuesTextsAndAnOpenRow() {
    ColumnBatch batch = new ColumnBatch(SCHEMA, 3);
    for (int i = 0; i < 3; i++) {
      batch.beginRow();
      batch.setLong(0, i);
      batch.setString(1, batch.addString("old"));
      batch.setDouble(2, i);
      batch.setInt(4, i);
      if (i < 2) {
        batch.endRow();
      }
    }
    batch.clear();

    for (int i = 0; i < 3; i++) {
      addRow(batch, i, "new");
      assertThat(batch.isNull(i, 2)).isTrue();
      assertThat(batch.isNull(i, 4)).isTrue();
      assertThat(batch.stringAt(i, 1)).isEqualTo("new");
    }
    assertThat(batch.isFull()).isTrue();
  }

  @Test
  void aRowWithoutARequiredColumnIsRefusedAndNamesIt() {
    ColumnBatch batch = new ColumnBatch(SCHEMA, 3);
    batch.beginRow();
    batch.setLong(0, 1);

    assertThatThrownBy(batch::endRow)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("row 0", "'run'");

    batch.setString(1, batch.addString("a"));
    batch.endRow();
    assertThat(batch.rows()).isEqualTo(1);
  }

  @Test
  void misuseIsRefusedWithItsReason() {
    ColumnBatch batch = new ColumnBatch(SCHEMA, 1);
    assertThatThrownBy(() -> batch.setLong(0, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("'seq'", "outside a row");
    assertThatThrownBy(batch::endRow).isInstanceOf(IllegalStateException.class);
    batch.beginRow();
    assertThatThrownBy(batch::beginRow).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> batch.setDouble(0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("column 'seq' is INT64 and takes no DOUBLE");
    batch.setInt(4, 1);
    assertThatThrownBy(() -> batch.setBoolean(4, true))
        .hasMessageContaining("'attempt' is INT32 and takes no BOOLEAN");
    assertThatThrownBy(() -> batch.setString(4, batch.addString("x")))
        .hasMessageContaining("'attempt' is INT32 and takes no STRING");
    assertThatThrownBy(() -> batch.setLong(4, 1)).hasMessageContaining("takes no INT64");
    assertThatThrownBy(() -> batch.setString(1, 99)).hasMessageContaining("text 99");
    batch.setLong(0, 1);
    batch.setString(1, 0);
    batch.endRow();
    assertThatThrownBy(batch::beginRow)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("full with 1 rows");
    assertThatThrownBy(() -> new ColumnBatch(SCHEMA, 0)).hasMessageContaining("1 to 1048576");
  }

  @Test
  void columnsThatAreAddedLaterAreNullInTheRowsBefore() {
    ColumnBatch batch = new ColumnBatch(SCHEMA, 3_000);
    addRow(batch, 0, "a");
    TableSchema wider =
        SCHEMA
            .with(new Column("lr", 6, ColumnType.DOUBLE, false))
            .with(new Column("never", 7, ColumnType.STRING, false));
    batch.widen(wider);
    for (int i = 1; i < 3_000; i++) {
      batch.beginRow();
      batch.setLong(0, i);
      batch.setString(1, 0);
      if (i > 2_500) {
        batch.setDouble(5, i);
      }
      batch.endRow();
    }

    assertThat(batch.schema()).isEqualTo(wider);
    assertThat(batch.isNull(0, 5)).isTrue();
    assertThat(batch.isNull(2_500, 5)).isTrue();
    assertThat(batch.doubleAt(2_501, 5)).isEqualTo(2_501);
    assertThat(batch.isNull(2_999, 6)).isTrue();
    assertThatThrownBy(() -> batch.widen(SCHEMA)).isInstanceOf(IllegalArgumentException.class);
    Column required = new Column("must", 8, ColumnType.INT64, true);
    assertThatThrownBy(() -> batch.widen(wider.with(required)))
        .hasMessageContaining("'must' cannot be added");
  }

  @Test
  void manyColumnsWithoutValuesCostNoArrays() {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("seq", 1, ColumnType.INT64, true));
    for (int i = 2; i <= 4_096; i++) {
      columns.add(new Column("m" + i, i, ColumnType.DOUBLE, false));
    }
    ColumnBatch batch = new ColumnBatch(TableSchema.of(columns), 131_072);
    for (int row = 0; row < 1_000; row++) {
      batch.beginRow();
      batch.setLong(0, row);
      batch.endRow();
    }

    assertThat(batch.allocatedBytes()).isLessThan(10_000);
  }

  @Test
  void textsAreBoundedAndAFullDictionarySaysSo() {
    ColumnBatch batch = new ColumnBatch(SCHEMA, 3);
    String large = "x".repeat(1 << 20);
    assertThatThrownBy(() -> batch.addString(large + "y"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 1048576 bytes");
    int id = batch.addString("first");
    int added = 0;
    while (batch.addString("text " + added) >= 0) {
      added++;
    }

    assertThat(added).isEqualTo(262_143);
    assertThat(batch.addString("first")).isEqualTo(id);
    batch.clear();
    for (int i = 0; i < 64; i++) {
      assertThat(batch.addString(i % 10 + large.substring(2) + i / 10)).isNotNegative();
    }
    assertThat(batch.addString(large)).isEqualTo(-1);
  }

  private static void addRow(ColumnBatch batch, long sequence, String run) {
    batch.beginRow();
    batch.setLong(0, sequence);
    batch.setString(1, batch.addString(run));
    batch.endRow();
  }
}
