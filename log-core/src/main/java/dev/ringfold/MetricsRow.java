// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.event.MetricColumn;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import dev.ringfold.event.MetricsCodec;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.internal.ring.MetricsPayload;
import dev.ringfold.internal.ring.ProducerCore;
import java.util.concurrent.CompletableFuture;

/**
 * One row of metrics on its way: fill it, offer it, fill it again. Columns that are not set since
 * {@link #begin} are absent. Belongs to its producer's thread; allocates nothing after
 * construction.
 */
public final class MetricsRow {
  private final ProducerCore producer;
  private final int stream;
  private final int layoutId;
  private final int columns;
  private final MetricLayout layout;
  private final MetricType[] types;
  private final long[] cells;
  private final long[] presence;
  private final MetricsPayload payload = new Payload();
  private MetricsLogged.Kind kind = MetricsLogged.Kind.STEP;
  private int attempt;
  private int epoch;
  private long step;
  private long eventTimeNanos;

  private final class Payload implements MetricsPayload {
    @Override
    public int maxLength() {
      return MetricsCodec.maxLength(columns);
    }

    @Override
    public int encode(byte[] target, int offset) {
      return MetricsCodec.encode(
          target, offset, layoutId, kind, attempt, epoch, step, cells, columns, presence);
    }
  }

  MetricsRow(ProducerCore producer, int stream, int layoutId, MetricLayout layout) {
    this.producer = producer;
    this.stream = stream;
    this.layoutId = layoutId;
    this.layout = layout;
    this.columns = layout.size();
    this.types = layout.columns().stream().map(MetricColumn::type).toArray(MetricType[]::new);
    this.cells = new long[columns];
    this.presence = new long[(columns + 63) >>> 6];
  }

  /** Starts a row of a training step; the event time is the time of {@link #offer()}. */
  public MetricsRow begin(int rowEpoch, long rowStep) {
    return begin(MetricsLogged.Kind.STEP, 0, rowEpoch, rowStep, Long.MIN_VALUE);
  }

  /**
   * Starts a row.
   *
   * @param rowAttempt 0 for the first attempt of a run, one more for every resume
   * @param rowEventTimeNanos the caller's clock, nanoseconds since 1970; {@link Long#MIN_VALUE} for
   *     the time of the offer
   */
  public MetricsRow begin(
      MetricsLogged.Kind rowKind,
      int rowAttempt,
      int rowEpoch,
      long rowStep,
      long rowEventTimeNanos) {
    kind = rowKind;
    attempt = rowAttempt;
    epoch = rowEpoch;
    step = rowStep;
    eventTimeNanos = rowEventTimeNanos;
    for (int i = 0; i < presence.length; i++) {
      presence[i] = 0;
    }
    return this;
  }

  /**
   * Sets a DOUBLE column; NaN, infinities and signed zeros are kept as they are.
   *
   * @throws IllegalArgumentException when the column has another type
   */
  public MetricsRow set(int column, double value) {
    if (types[column] != MetricType.DOUBLE) {
      throw wrongType(column, "double");
    }
    return setBits(column, Double.doubleToRawLongBits(value));
  }

  /**
   * Sets a LONG column, or a DOUBLE one to the nearest double.
   *
   * @throws IllegalArgumentException when the column has another type
   */
  public MetricsRow set(int column, long value) {
    MetricType type = types[column];
    if (type == MetricType.DOUBLE) {
      return setBits(column, Double.doubleToRawLongBits((double) value));
    }
    if (type != MetricType.LONG) {
      throw wrongType(column, "long");
    }
    return setBits(column, value);
  }

  /**
   * Sets a BOOLEAN column.
   *
   * @throws IllegalArgumentException when the column has another type
   */
  public MetricsRow set(int column, boolean value) {
    if (types[column] != MetricType.BOOLEAN) {
      throw wrongType(column, "boolean");
    }
    return setBits(column, value ? 1 : 0);
  }

  /**
   * Sets a STRING column; the string is interned, so use few different ones.
   *
   * @throws IllegalArgumentException when the column has another type
   */
  public MetricsRow set(int column, String value) {
    if (types[column] != MetricType.STRING) {
      throw wrongType(column, "String");
    }
    return setBits(column, producer.nameId(value));
  }

  private IllegalArgumentException wrongType(int column, String given) {
    return new IllegalArgumentException(
        "Column '" + layout.column(column).name() + "' is " + types[column] + ", not a " + given);
  }

  private MetricsRow setBits(int column, long bits) {
    cells[column] = bits;
    presence[column >>> 6] |= 1L << column;
    return this;
  }

  /** Offers the row; false when it was dropped and counted. Never blocks. */
  public boolean offer() {
    return producer.offerMetrics(stream, payload, eventTimeNanos);
  }

  /**
   * Appends the row as a REQUIRED event, waiting for room in the ring; allocates.
   *
   * @return completes at the level, as {@link Producer#append} says
   */
  public CompletableFuture<AppendOutcome> append(AckLevel level, AppendOptions options) {
    AppendOptions timed =
        eventTimeNanos == Long.MIN_VALUE ? options : options.eventTimeNanos(eventTimeNanos);
    return producer.append(
        stream,
        new MetricsLogged(layoutId, kind, attempt, epoch, step, presentCells(), presence.clone()),
        level,
        timed);
  }

  /** A copy in which cells of absent columns, left from an earlier row, are zero. */
  private long[] presentCells() {
    long[] copy = cells.clone();
    for (int i = 0; i < columns; i++) {
      if ((presence[i >>> 6] & (1L << i)) == 0) {
        copy[i] = 0;
      }
    }
    return copy;
  }

  /** The row's columns. */
  public MetricLayout layout() {
    return layout;
  }
}
