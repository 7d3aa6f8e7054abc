// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows on their way to or from a Parquet file, column by column: one primitive array per column and
 * a bitmap of the rows that have a value. Arrays are made at a column's first value and doubled up
 * to the capacity, so a column of only nulls costs nothing; {@link #clear} keeps them, so that
 * filling rows allocates nothing once the batch has been full. Belongs to one thread.
 *
 * <p>Writing: {@link #beginRow}, one {@code set} per value, {@link #endRow} or {@link #cancelRow}.
 * Texts are put into the batch's dictionary first ({@link #addString}) and set by their id, so a
 * caller that remembers ids pays nothing for a text that repeats; {@link #clear} forgets them.
 */
public final class ColumnBatch {
  /** Most rows of one batch. */
  public static final int MAX_CAPACITY = 1 << 20;

  private static final int FIRST_ROWS = 1_024;
  private static final int WORD_BITS = 64;

  /** Makes every {@code set} outside a row take the slow path, which refuses it. */
  private static final int NO_ROW = Integer.MAX_VALUE;

  private static final long[] NO_LONGS = {};
  private static final double[] NO_DOUBLES = {};
  private static final int[] NO_INTS = {};

  private final int capacity;
  private final StringDictionary strings = new StringDictionary();
  private TableSchema schema;
  private long[][] longs = {};
  private double[][] doubles = {};
  private int[][] ints = {};

  /** Bit per row that has a value; stays empty for a required column. */
  private long[][] valid = {};

  /** A required column's bit in {@link #present}, 0 for a nullable one. */
  private long[] requiredBit = {};

  private long required;
  private long present;
  private int row = NO_ROW;
  private int rows;

  /** An empty batch for at most this many rows. */
  public ColumnBatch(TableSchema schema, int capacityRows) {
    if (capacityRows < 1 || capacityRows > MAX_CAPACITY) {
      throw new IllegalArgumentException(
          "a batch holds 1 to " + MAX_CAPACITY + " rows, not " + capacityRows);
    }
    this.capacity = capacityRows;
    this.schema = schema;
    adopt(schema);
  }

  private void adopt(TableSchema newSchema) {
    int known = longs.length;
    int size = newSchema.size();
    longs = Arrays.copyOf(longs, size);
    doubles = Arrays.copyOf(doubles, size);
    ints = Arrays.copyOf(ints, size);
    valid = Arrays.copyOf(valid, size);
    requiredBit = Arrays.copyOf(requiredBit, size);
    for (int i = known; i < size; i++) {
      longs[i] = NO_LONGS;
      doubles[i] = NO_DOUBLES;
      ints[i] = NO_INTS;
      valid[i] = NO_LONGS;
      if (newSchema.column(i).required()) {
        requiredBit[i] = 1L << Long.bitCount(required);
        required |= requiredBit[i];
      }
    }
    schema = newSchema;
  }

  /**
   * Adds the columns that {@code superset} has behind the ones of this batch; rows that are already
   * there have no value in them. A new required column is allowed only while the batch is empty.
   */
  public void widen(TableSchema superset) {
    if (!superset.startsWith(schema)) {
      throw new IllegalArgumentException(
          "a batch is widened only by columns behind its own: " + schema + " to " + superset);
    }
    for (int i = schema.size(); i < superset.size(); i++) {
      if (superset.column(i).required() && (rows > 0 || row != NO_ROW)) {
        throw new IllegalArgumentException(
            "required column '"
                + superset.column(i).name()
                + "' cannot be added to "
                + rows
                + " rows");
      }
    }
    adopt(superset);
  }

  /** The columns of this batch. */
  public TableSchema schema() {
    return schema;
  }

  /** Most rows it holds. */
  public int capacity() {
    return capacity;
  }

  /** How many rows it holds; a row that was begun and not ended does not count. */
  public int rows() {
    return rows;
  }

  /** Whether no further row can be begun. */
  public boolean isFull() {
    return rows == capacity;
  }

  /** Forgets all rows and texts; keeps the arrays. */
  public void clear() {
    int words = (Math.min(rows + 1, capacity) + WORD_BITS - 1) / WORD_BITS;
    for (long[] bits : valid) {
      Arrays.fill(bits, 0, Math.min(words, bits.length), 0L);
    }
    strings.clear();
    rows = 0;
    row = NO_ROW;
  }

  /** Bytes of all arrays that were made so far. */
  public long allocatedBytes() {
    long bytes = 0;
    for (int i = 0; i < schema.size(); i++) {
      bytes += 8L * (longs[i].length + doubles[i].length + valid[i].length);
      bytes += 4L * ints[i].length;
    }
    return bytes;
  }

  // ---- writing

  /** Begins a row without values and returns its index; a full batch is a refusal. */
  public int beginRow() {
    if (row != NO_ROW) {
      throw new IllegalStateException("row " + row + " was begun but neither ended nor cancelled");
    }
    if (rows == capacity) {
      throw new IllegalStateException("the batch is full with " + rows + " rows; write it first");
    }
    row = rows;
    present = 0;
    return row;
  }

  /** Ends the row; one that lacks a required column is refused and stays open. */
  public void endRow() {
    if (row == NO_ROW || present != required) {
      throw incomplete();
    }
    row = NO_ROW;
    rows++;
  }

  private IllegalStateException incomplete() {
    if (row == NO_ROW) {
      return new IllegalStateException("no row was begun");
    }
    for (int i = 0; i < requiredBit.length; i++) {
      if ((requiredBit[i] & ~present) != 0) {
        return new IllegalStateException(
            "row " + row + " lacks the required column '" + schema.column(i).name() + "'");
      }
    }
    throw new AssertionError("presence of required columns is wrong");
  }

  /** Drops the row that was begun, if any. */
  public void cancelRow() {
    if (row == NO_ROW) {
      return;
    }
    for (long[] bits : valid) {
      if (row / WORD_BITS < bits.length) {
        bits[row / WORD_BITS] &= ~(1L << row);
      }
    }
    row = NO_ROW;
  }

  /** Sets an INT32 column of the row. */
  public void setInt(int column, int value) {
    int[] values = ints[column];
    if (row >= values.length || schema.column(column).type() != ColumnType.INT32) {
      values = roomForInts(column, ColumnType.INT32, row);
    }
    values[row] = value;
    mark(column);
  }

  /** Sets an INT64 column of the row. */
  public void setLong(int column, long value) {
    long[] values = longs[column];
    if (row >= values.length) {
      values = roomForLongs(column, row);
    }
    values[row] = value;
    mark(column);
  }

  /** Sets a DOUBLE column of the row. */
  public void setDouble(int column, double value) {
    double[] values = doubles[column];
    if (row >= values.length) {
      values = roomForDoubles(column, row);
    }
    values[row] = value;
    mark(column);
  }

  /** Sets a BOOLEAN column of the row. */
  public void setBoolean(int column, boolean value) {
    int[] values = ints[column];
    if (row >= values.length || schema.column(column).type() != ColumnType.BOOLEAN) {
      values = roomForInts(column, ColumnType.BOOLEAN, row);
    }
    values[row] = value ? 1 : 0;
    mark(column);
  }

  /** Sets a STRING column of the row to a text of {@link #addString}. */
  public void setString(int column, int id) {
    int[] values = ints[column];
    if (row >= values.length || schema.column(column).type() != ColumnType.STRING) {
      values = roomForInts(column, ColumnType.STRING, row);
    }
    if (id < 0 || id >= strings.size()) {
      throw new IllegalArgumentException(
          "text " + id + " is not one of the batch's " + strings.size() + " texts");
    }
    values[row] = id;
    mark(column);
  }

  /**
   * Id of a text in this batch, the same for the same text until {@link #clear}; -1 when the batch
   * has no room for one more text (262,144 texts, 64 MiB): write the batch first. A text of more
   * than 1 MiB is an {@link IllegalArgumentException}.
   */
  public int addString(String text) {
    return strings.add(text);
  }

  private void mark(int column) {
    long bit = requiredBit[column];
    if (bit == 0) {
      valid[column][row / WORD_BITS] |= 1L << row;
    } else {
      present |= bit;
    }
  }

  private long[] roomForLongs(int column, int index) {
    int length = newLength(column, ColumnType.INT64, longs[column].length, index);
    growValid(column, length);
    longs[column] = Arrays.copyOf(longs[column], length);
    return longs[column];
  }

  private double[] roomForDoubles(int column, int index) {
    int length = newLength(column, ColumnType.DOUBLE, doubles[column].length, index);
    growValid(column, length);
    doubles[column] = Arrays.copyOf(doubles[column], length);
    return doubles[column];
  }

  private int[] roomForInts(int column, ColumnType type, int index) {
    int length = newLength(column, type, ints[column].length, index);
    growValid(column, length);
    ints[column] = Arrays.copyOf(ints[column], length);
    return ints[column];
  }

  /** Also the place where a {@code set} of the wrong type or outside a row ends. */
  private int newLength(int column, ColumnType type, int length, int index) {
    Column target = schema.column(column);
    if (target.type() != type) {
      throw new IllegalArgumentException(
          "column '" + target.name() + "' is " + target.type() + " and takes no " + type);
    }
    if (index == NO_ROW) {
      throw new IllegalStateException(
          "column '" + target.name() + "' was set outside a row; call beginRow() first");
    }
    int doubled = Math.max(FIRST_ROWS, Math.max(length * 2, index + 1));
    return Math.min(capacity, doubled);
  }

  private void growValid(int column, int length) {
    long[] bits = valid[column];
    int words = (length + WORD_BITS - 1) / WORD_BITS;
    if (requiredBit[column] == 0 && bits.length < words) {
      valid[column] = Arrays.copyOf(bits, words);
    }
  }

  // ---- reading

  /** Whether the row has no value in this column. */
  public boolean isNull(int rowIndex, int column) {
    if (requiredBit[column] != 0) {
      return false;
    }
    long[] bits = valid[column];
    int word = rowIndex / WORD_BITS;
    return word >= bits.length || (bits[word] >>> rowIndex & 1) == 0;
  }

  /** Value of an INT32 column that is not null in this row. */
  public int intAt(int rowIndex, int column) {
    return ints[column][rowIndex];
  }

  /** Value of an INT64 column that is not null in this row. */
  public long longAt(int rowIndex, int column) {
    return longs[column][rowIndex];
  }

  /** Value of a DOUBLE column that is not null in this row. */
  public double doubleAt(int rowIndex, int column) {
    return doubles[column][rowIndex];
  }

  /** Value of a BOOLEAN column that is not null in this row. */
  public boolean booleanAt(int rowIndex, int column) {
    return ints[column][rowIndex] != 0;
  }

  /** Value of a STRING column that is not null in this row. */
  public String stringAt(int rowIndex, int column) {
    return strings.text(ints[column][rowIndex]);
  }

  /** Value of any column, boxed, or null. For tests and tools. */
  public @Nullable Object valueAt(int rowIndex, int column) {
    if (isNull(rowIndex, column)) {
      return null;
    }
    return switch (schema.column(column).type()) {
      case INT32 -> intAt(rowIndex, column);
      case INT64 -> longAt(rowIndex, column);
      case DOUBLE -> doubleAt(rowIndex, column);
      case BOOLEAN -> booleanAt(rowIndex, column);
      case STRING -> stringAt(rowIndex, column);
    };
  }

  // ---- for the writer and the reader of this package

  StringDictionary strings() {
    return strings;
  }

  long[] longs(int column) {
    return longs[column];
  }

  double[] doubles(int column) {
    return doubles[column];
  }

  int[] ints(int column) {
    return ints[column];
  }

  /** Bit per row that has a value, possibly too short; null for a required column. */
  long @Nullable [] validBits(int column) {
    return requiredBit[column] == 0 ? valid[column] : null;
  }

  /** Bit per row that has a value, of a column where one is missing. */
  long[] bitmap(int column) {
    return valid[column];
  }

  /** Rows from here on have no array cell in this column, so they are null. */
  int storedRows(int column) {
    return longs[column].length + doubles[column].length + ints[column].length;
  }

  /** Sets a cell of a row that {@link #append} will add. */
  void put(int rowIndex, int column, long value) {
    if (rowIndex >= longs[column].length) {
      roomForLongs(column, rowIndex);
    }
    longs[column][rowIndex] = value;
    markAt(rowIndex, column);
  }

  void put(int rowIndex, int column, double value) {
    if (rowIndex >= doubles[column].length) {
      roomForDoubles(column, rowIndex);
    }
    doubles[column][rowIndex] = value;
    markAt(rowIndex, column);
  }

  /** Of an INT32, a BOOLEAN (0 or 1) or a STRING column (the id). */
  void put(int rowIndex, int column, int value) {
    if (rowIndex >= ints[column].length) {
      roomForInts(column, schema.column(column).type(), rowIndex);
    }
    ints[column][rowIndex] = value;
    markAt(rowIndex, column);
  }

  private void markAt(int rowIndex, int column) {
    if (requiredBit[column] == 0) {
      valid[column][rowIndex / WORD_BITS] |= 1L << rowIndex;
    }
  }

  /** Adds the rows that were put column by column behind the last one. */
  void append(int count) {
    rows += count;
  }

  /** Takes back what was put from this row on. */
  void truncate(int rowCount) {
    rows = rowCount;
    for (long[] bits : valid) {
      clearFrom(bits, rowCount);
    }
  }

  private static void clearFrom(long[] bits, int from) {
    int word = from / WORD_BITS;
    if (word < bits.length) {
      bits[word] &= (1L << from) - 1;
      Arrays.fill(bits, word + 1, bits.length, 0L);
    }
  }
}
