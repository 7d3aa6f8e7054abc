// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import dev.ringfold.EventCodecException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Reads a row that {@link MetricsCodec} wrote, in place. A flyweight, reused with {@link #wrap};
 * reading allocates nothing. Not thread-safe, since it remembers where it last looked.
 */
public final class MetricsView {
  private ByteBuffer buffer = ByteBuffer.allocate(0);
  private int offset;
  private int columns;
  private int cellsOffset;
  private int shape;

  /* Column and number of present columns before it of the last look-up, so that a walk over a
   * sparse row counts each bit once. */
  private int rankedColumn;
  private int rank;

  /** Creates a view; {@link #wrap} it before reading. */
  public MetricsView() {}

  /**
   * Looks at the row of {@code length} bytes at {@code offset}.
   *
   * @return this
   * @throws EventCodecException when the length does not fit the row's shape
   */
  public MetricsView wrap(ByteBuffer buffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, buffer.limit());
    if (length < MetricsCodec.HEADER_LENGTH) {
      throw badRow(length, "at least " + MetricsCodec.HEADER_LENGTH + " bytes", length + " bytes");
    }
    this.buffer = buffer;
    this.offset = offset;
    this.shape =
        (short) LittleEndian.SHORT_BUFFER.get(buffer, offset + MetricsCodec.SHAPE_OFFSET) & 0xFFFF;
    this.columns = shape & MetricsCodec.COLUMNS_MASK;
    this.rankedColumn = 0;
    this.rank = 0;
    if (columns > MetricLayout.MAX_COLUMNS || (shape & MetricsCodec.SHAPE_RESERVED) != 0) {
      throw badRow(
          length,
          "a shape with at most " + MetricLayout.MAX_COLUMNS + " columns",
          "0x" + Integer.toHexString(shape));
    }
    int bitmap = complete() ? 0 : MetricsCodec.bitmapLength(columns);
    this.cellsOffset = offset + MetricsCodec.HEADER_LENGTH + bitmap;
    checkLength(length, bitmap);
    return this;
  }

  /** Looks at a row that is a whole array. */
  public MetricsView wrap(byte[] row) {
    return wrap(ByteBuffer.wrap(row), 0, row.length);
  }

  /** Id of the interned layout. */
  public int layoutId() {
    return (int) LittleEndian.INT_BUFFER.get(buffer, offset + MetricsCodec.LAYOUT_OFFSET);
  }

  /** Of a step or of a whole epoch. */
  public MetricsLogged.Kind kind() {
    return (shape & MetricsCodec.SHAPE_EPOCH) != 0
        ? MetricsLogged.Kind.EPOCH
        : MetricsLogged.Kind.STEP;
  }

  /** Which try of the run. */
  public int attempt() {
    return (short) LittleEndian.SHORT_BUFFER.get(buffer, offset + MetricsCodec.ATTEMPT_OFFSET)
        & 0xFFFF;
  }

  /** Epoch number. */
  public int epoch() {
    return (int) LittleEndian.INT_BUFFER.get(buffer, offset + MetricsCodec.EPOCH_OFFSET);
  }

  /** Step number. */
  public long step() {
    return (long) LittleEndian.LONG_BUFFER.get(buffer, offset + MetricsCodec.STEP_OFFSET);
  }

  /** How many columns the row has, absent ones included. */
  public int columns() {
    return columns;
  }

  /** Whether every column is present, by the row's form. */
  public boolean complete() {
    return (shape & MetricsCodec.SHAPE_PRESENCE) == 0;
  }

  /** Whether the row has a value in this column. */
  public boolean present(int column) {
    Objects.checkIndex(column, columns);
    return complete() || bit(column) != 0;
  }

  /** The cell of a column that is present; 0 where absent. */
  public long longAt(int column) {
    Objects.checkIndex(column, columns);
    int cell = column;
    if (!complete()) {
      if (bit(column) == 0) {
        return 0;
      }
      cell = rankOf(column);
    }
    return (long) LittleEndian.LONG_BUFFER.get(buffer, cellsOffset + cell * Long.BYTES);
  }

  /** The value of a DOUBLE column that is present. */
  public double doubleAt(int column) {
    return Double.longBitsToDouble(longAt(column));
  }

  /** The value of a BOOLEAN column that is present. */
  public boolean booleanAt(int column) {
    return longAt(column) != 0;
  }

  /** The row as a record; allocates. */
  public MetricsLogged toEvent() {
    long[] cells = new long[columns];
    long[] presence = new long[MetricsLogged.presenceLength(columns)];
    for (int i = 0; i < columns; i++) {
      if (present(i)) {
        cells[i] = longAt(i);
        presence[i / Long.SIZE] |= 1L << i % Long.SIZE;
      }
    }
    return new MetricsLogged(layoutId(), kind(), attempt(), epoch(), step(), cells, presence);
  }

  private void checkLength(int length, int bitmap) {
    int present = columns;
    if (bitmap > 0) {
      if (length < MetricsCodec.HEADER_LENGTH + bitmap) {
        throw badRow(length, "a bitmap of " + bitmap + " bytes", "the end");
      }
      present = countPresent(bitmap);
      int spare = bitmap * Byte.SIZE - columns;
      if (((buffer.get(cellsOffset - 1) & 0xFF) >>> (Byte.SIZE - spare)) != 0) {
        throw badRow(length, "spare presence bits of 0", "others");
      }
    }
    int expected = MetricsCodec.HEADER_LENGTH + bitmap + present * Long.BYTES;
    if (length != expected) {
      throw badRow(length, expected + " bytes for " + present + " cells", length + " bytes");
    }
  }

  private int countPresent(int bitmap) {
    int present = 0;
    for (int i = cellsOffset - bitmap; i < cellsOffset; i++) {
      present += Integer.bitCount(buffer.get(i) & 0xFF);
    }
    return present;
  }

  private int rankOf(int column) {
    if (column < rankedColumn) {
      rankedColumn = 0;
      rank = 0;
    }
    while (rankedColumn < column) {
      rank += bit(rankedColumn++);
    }
    return rank;
  }

  private int bit(int column) {
    int at = offset + MetricsCodec.HEADER_LENGTH + column / Byte.SIZE;
    return buffer.get(at) >>> column % Byte.SIZE & 1;
  }

  private static EventCodecException badRow(int length, String expected, String found) {
    return new EventCodecException(
        "Metrics row of " + length + " bytes: expected " + expected + ", found " + found);
  }
}
