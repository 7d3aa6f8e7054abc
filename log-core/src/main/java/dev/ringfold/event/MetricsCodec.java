// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import org.jspecify.annotations.Nullable;

/**
 * Writes rows of metrics; {@link MetricsView} reads them. Stateless.
 *
 * <pre>
 * offset size payload of MetricsLogged, version 1
 *      0    4 layoutId  id of the interned MetricLayout
 *      4    2 shape     bits 0 to 12: n, the number of columns, 0 to 4,096
 *                       bit 13: 0 a step, 1 an epoch
 *                       bit 14: 0, reserved
 *                       bit 15: a presence bitmap follows; without it every column is present
 *      6    2 attempt   u16
 *      8    4 epoch
 *     12    8 step
 *     20    . presence  (n + 7) / 8 bytes; bit i % 8 of byte i / 8 is column i; spare bits are 0
 *      .    . cells     8 bytes for each present column in order
 * </pre>
 *
 * A cell holds what its column's {@link MetricType} says. The shape makes a row readable, and its
 * length checkable, without its layout.
 */
public final class MetricsCodec implements EventCodec<MetricsLogged> {
  /** Bytes before presence bitmap and cells. */
  public static final int HEADER_LENGTH = 20;

  static final int LAYOUT_OFFSET = 0;
  static final int SHAPE_OFFSET = 4;
  static final int ATTEMPT_OFFSET = 6;
  static final int EPOCH_OFFSET = 8;
  static final int STEP_OFFSET = 12;

  static final int COLUMNS_MASK = 0x1FFF;
  static final int SHAPE_EPOCH = 1 << 13;
  static final int SHAPE_RESERVED = 1 << 14;
  static final int SHAPE_PRESENCE = 1 << 15;

  /** Creates the codec. */
  public MetricsCodec() {}

  /** Bytes of a row in which every column is present. */
  public static int completeLength(int columns) {
    return HEADER_LENGTH + columns * Long.BYTES;
  }

  /** Bytes of a row with a presence bitmap. */
  public static int sparseLength(int columns, int present) {
    return HEADER_LENGTH + bitmapLength(columns) + present * Long.BYTES;
  }

  /** Most bytes a row of so many columns takes. */
  public static int maxLength(int columns) {
    return sparseLength(columns, columns);
  }

  /**
   * Writes a row. Allocates nothing.
   *
   * @param target must have {@link #maxLength} bytes from {@code offset}, else {@link
   *     IndexOutOfBoundsException} with the target partly written
   * @param cells at least {@code columns}; those of absent columns are not read
   * @param columns 0 to {@link MetricLayout#MAX_COLUMNS}
   * @param presence bits as in {@link MetricsLogged#presence}, or null when all are present
   * @return bytes written
   */
  public static int encode(
      byte[] target,
      int offset,
      int layoutId,
      MetricsLogged.Kind kind,
      int attempt,
      int epoch,
      long step,
      long[] cells,
      int columns,
      long @Nullable [] presence) {
    boolean complete = presence == null || isComplete(presence, columns);
    encodeHeader(target, offset, layoutId, columns, !complete, kind, attempt, epoch, step);
    int at = offset + HEADER_LENGTH;
    if (presence == null || complete) {
      for (int i = 0; i < columns; i++) {
        LittleEndian.LONG_BYTES.set(target, at, cells[i]);
        at += Long.BYTES;
      }
      return at - offset;
    }
    return encodeSparse(target, at, cells, columns, presence) - offset;
  }

  /** Writes a row of doubles in which every column is present. Allocates nothing. */
  public static int encodeDoubles(
      byte[] target,
      int offset,
      int layoutId,
      MetricsLogged.Kind kind,
      int attempt,
      int epoch,
      long step,
      double[] values,
      int columns) {
    encodeHeader(target, offset, layoutId, columns, false, kind, attempt, epoch, step);
    int at = offset + HEADER_LENGTH;
    for (int i = 0; i < columns; i++) {
      LittleEndian.LONG_BYTES.set(target, at, Double.doubleToRawLongBits(values[i]));
      at += Long.BYTES;
    }
    return at - offset;
  }

  /**
   * Writes the header of a row whose cells the caller writes itself, with {@link #putCell}, each of
   * them when {@code sparse} is false. Allocates nothing.
   */
  public static void encodeHeader(
      byte[] target,
      int offset,
      int layoutId,
      int columns,
      boolean sparse,
      MetricsLogged.Kind kind,
      int attempt,
      int epoch,
      long step) {
    if (columns < 0 || columns > MetricLayout.MAX_COLUMNS) {
      throw new IllegalArgumentException(
          "columns must be 0 to " + MetricLayout.MAX_COLUMNS + " but was " + columns);
    }
    int shape =
        columns
            | (kind == MetricsLogged.Kind.EPOCH ? SHAPE_EPOCH : 0)
            | (sparse ? SHAPE_PRESENCE : 0);
    LittleEndian.INT_BYTES.set(target, offset + LAYOUT_OFFSET, layoutId);
    LittleEndian.SHORT_BYTES.set(target, offset + SHAPE_OFFSET, (short) shape);
    LittleEndian.SHORT_BYTES.set(target, offset + ATTEMPT_OFFSET, (short) attempt);
    LittleEndian.INT_BYTES.set(target, offset + EPOCH_OFFSET, epoch);
    LittleEndian.LONG_BYTES.set(target, offset + STEP_OFFSET, step);
  }

  /** Writes one cell of a complete row that begins at {@code offset}. Allocates nothing. */
  public static void putCell(byte[] target, int offset, int column, long cell) {
    LittleEndian.LONG_BYTES.set(target, offset + HEADER_LENGTH + column * Long.BYTES, cell);
  }

  @Override
  public void encode(MetricsLogged event, PayloadWriter out) {
    byte[] row = new byte[maxLength(event.columns())];
    int length =
        encode(
            row,
            0,
            event.layoutId(),
            event.kind(),
            event.attempt(),
            event.epoch(),
            event.step(),
            event.cells(),
            event.columns(),
            event.presence());
    out.putRaw(row, 0, length);
  }

  @Override
  public MetricsLogged decode(PayloadReader in) {
    return new MetricsView().wrap(in.readRaw(in.remaining())).toEvent();
  }

  static int bitmapLength(int columns) {
    return (columns + Byte.SIZE - 1) / Byte.SIZE;
  }

  private static int encodeSparse(
      byte[] target, int offset, long[] cells, int columns, long[] presence) {
    int at = offset;
    for (int i = 0; i < columns; i += Byte.SIZE) {
      long bits = presence[i / Long.SIZE] >>> i % Long.SIZE;
      int spare = Math.max(0, i + Byte.SIZE - columns);
      target[at++] = (byte) (bits & 0xFF >>> spare);
    }
    for (int i = 0; i < columns; i++) {
      if ((presence[i / Long.SIZE] >>> i % Long.SIZE & 1) != 0) {
        LittleEndian.LONG_BYTES.set(target, at, cells[i]);
        at += Long.BYTES;
      }
    }
    return at;
  }

  private static boolean isComplete(long[] presence, int columns) {
    int whole = columns / Long.SIZE;
    for (int i = 0; i < whole; i++) {
      if (presence[i] != -1L) {
        return false;
      }
    }
    int rest = columns % Long.SIZE;
    long mask = (1L << rest) - 1;
    return rest == 0 || (presence[whole] & mask) == mask;
  }
}
