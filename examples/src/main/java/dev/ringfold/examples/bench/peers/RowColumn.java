// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.peers;

import java.util.Locale;

/** The columns of a row: its sequence and the 18 fields of TrainingMetrics, in this order. */
public enum RowColumn {
  /** Sequence. */
  SEQ(0, Kind.LONG, true),
  /** Epoch. */
  EPOCH(1, Kind.LONG, true),
  /** Step; the row's number. */
  STEP(2, Kind.LONG, true),
  /** Seconds since 1970, as Python has them. */
  TIMESTAMP(3, Kind.DOUBLE, true),
  /** Loss, a number that was a float32. */
  TRAIN_LOSS(4, Kind.DOUBLE, false),
  /** Loss on the validation set; mostly missing. */
  VAL_LOSS(5, Kind.DOUBLE, false),
  /** Length of the gradient. */
  GRAD_NORM(6, Kind.DOUBLE, false),
  /** Largest component. */
  GRAD_MAX(7, Kind.DOUBLE, false),
  /** Smallest component. */
  GRAD_MIN(8, Kind.DOUBLE, false),
  /** Milliseconds in the circuits. */
  CIRCUIT_EXECUTION_TIME_MS(9, Kind.DOUBLE, false),
  /** Circuits of the step. */
  CIRCUITS_EXECUTED(10, Kind.LONG, false),
  /** Qubits. */
  QUBITS_USED(11, Kind.LONG, false),
  /** Shots. */
  SHOTS_PER_CIRCUIT(12, Kind.LONG, false),
  /** Name of the backend. */
  BACKEND(13, Kind.TEXT, false),
  /** Milliseconds in the queue; missing on a simulator. */
  QUEUE_TIME_MS(14, Kind.DOUBLE, false),
  /** Price; missing on a simulator. */
  COST_USD(15, Kind.DOUBLE, false),
  /** Credits; missing on a simulator. */
  CREDITS_USED(16, Kind.DOUBLE, false),
  /** Milliseconds of the step. */
  BATCH_TIME_MS(17, Kind.DOUBLE, false),
  /** Samples a second. */
  THROUGHPUT_SAMPLES_PER_SEC(18, Kind.DOUBLE, false);

  /** What values a column has. */
  public enum Kind {
    /** 64-bit integers. */
    LONG,
    /** Doubles. */
    DOUBLE,
    /** Texts. */
    TEXT
  }

  private final int index;
  private final Kind kind;
  private final boolean required;
  private final String column;

  RowColumn(int index, Kind kind, boolean required) {
    this.index = index;
    this.kind = kind;
    this.required = required;
    this.column = name().toLowerCase(Locale.ROOT);
  }

  /** Its place in a row, from 0. */
  public int index() {
    return index;
  }

  /** What values it has. */
  public Kind kind() {
    return kind;
  }

  /** Whether every row of every table has a value; the others may be missing. */
  public boolean required() {
    return required;
  }

  /** Its name in a table. */
  public String column() {
    return column;
  }
}
