// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import java.util.Arrays;
import java.util.Objects;

/**
 * A row of metrics, in the form for cold paths; {@link MetricsCodec} writes rows and {@link
 * MetricsView} reads them without making this record.
 *
 * @param layoutId id of the interned {@link MetricLayout}
 * @param kind of a step or of a whole epoch
 * @param attempt which try of the run, 0 to 65,535
 * @param epoch epoch number
 * @param step step number
 * @param cells one per column of the layout, 0 where absent; copied in and out
 * @param presence bit {@code i % 64} of element {@code i / 64} is set when column i is present;
 *     copied in and out
 */
public record MetricsLogged(
    int layoutId, Kind kind, int attempt, int epoch, long step, long[] cells, long[] presence)
    implements Event {
  /** What a row sums up. The codes are stored and never change. */
  public enum Kind {
    /** One step. */
    STEP(0),
    /** A whole epoch. */
    EPOCH(1);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    /** The stored code. */
    public int code() {
      return code;
    }
  }

  /** Checks ranges and that absent cells are 0 and no bit is set beyond the last column. */
  public MetricsLogged {
    if (attempt < 0 || attempt > 0xFFFF) {
      throw new IllegalArgumentException("attempt must be 0 to 65535 but was " + attempt);
    }
    if (cells.length > MetricLayout.MAX_COLUMNS) {
      throw new IllegalArgumentException(
          "cells must be at most " + MetricLayout.MAX_COLUMNS + " but are " + cells.length);
    }
    if (presence.length != presenceLength(cells.length)) {
      throw new IllegalArgumentException(
          "presence of "
              + cells.length
              + " cells must have "
              + presenceLength(cells.length)
              + " elements but has "
              + presence.length);
    }
    cells = cells.clone();
    presence = presence.clone();
    for (int i = 0; i < presence.length * Long.SIZE; i++) {
      if (isSet(presence, i) ? i >= cells.length : i < cells.length && cells[i] != 0) {
        throw new IllegalArgumentException(
            "presence and cells disagree at column " + i + " of " + cells.length);
      }
    }
  }

  /** A row in which every column is present. */
  public static MetricsLogged complete(
      int layoutId, Kind kind, int attempt, int epoch, long step, long... cells) {
    return new MetricsLogged(
        layoutId, kind, attempt, epoch, step, cells, completePresence(cells.length));
  }

  /** One cell per column, 0 where absent; a copy. */
  @Override
  public long[] cells() {
    return cells.clone();
  }

  /** The presence bits; a copy. */
  @Override
  public long[] presence() {
    return presence.clone();
  }

  /** How many columns the row has, absent ones included. */
  public int columns() {
    return cells.length;
  }

  /** Whether the row has a value in this column. */
  public boolean present(int column) {
    Objects.checkIndex(column, cells.length);
    return isSet(presence, column);
  }

  /** The cell of a LONG, BOOLEAN or STRING column; 0 where absent. */
  public long longAt(int column) {
    return cells[column];
  }

  /** The value of a DOUBLE column; meaningless where absent. */
  public double doubleAt(int column) {
    return Double.longBitsToDouble(cells[column]);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MetricsLogged that
        && layoutId == that.layoutId
        && kind == that.kind
        && attempt == that.attempt
        && epoch == that.epoch
        && step == that.step
        && Arrays.equals(cells, that.cells)
        && Arrays.equals(presence, that.presence);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        layoutId, kind, attempt, epoch, step, Arrays.hashCode(cells), Arrays.hashCode(presence));
  }

  @Override
  public String toString() {
    return "MetricsLogged[layoutId="
        + layoutId
        + ", kind="
        + kind
        + ", attempt="
        + attempt
        + ", epoch="
        + epoch
        + ", step="
        + step
        + ", columns="
        + cells.length
        + "]";
  }

  static int presenceLength(int columns) {
    return (columns + Long.SIZE - 1) / Long.SIZE;
  }

  static long[] completePresence(int columns) {
    long[] presence = new long[presenceLength(columns)];
    Arrays.fill(presence, -1L);
    if (columns % Long.SIZE != 0) {
      presence[presence.length - 1] = (1L << columns % Long.SIZE) - 1;
    }
    return presence;
  }

  private static boolean isSet(long[] bits, int index) {
    return (bits[index / Long.SIZE] >>> index % Long.SIZE & 1) != 0;
  }
}
