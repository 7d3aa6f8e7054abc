// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.peers;

import java.util.Locale;

/** The columns of a row: its sequence and the 18 fields of TrainingMetrics, in this order. */
public enum RowColumn {
  /** Sequence. */
  SEQ(Kind.LONG, true),
  /** Epoch. */
  EPOCH(Kind.LONG, true),
  /** Step; the row's number. */
  STEP(Kind.LONG, true),
  /** Seconds since 1970, as Python has them. */
  TIMESTAMP(Kind.DOUBLE, true),
  /** Loss, a number that was a float32. */
  TRAIN_LOSS(Kind.DOUBLE, false),
  /** Loss on the validation set; mostly missing. */
  VAL_LOSS(Kind.DOUBLE, false),
  /** Length of the gradient. */
  GRAD_NORM(Kind.DOUBLE, false),
  /** Largest component. */
  GRAD_MAX(Kind.DOUBLE, false),
  /** Smallest component. */
  GRAD_MIN(Kind.DOUBLE, false),
  /** Milliseconds in the circuits. */
  CIRCUIT_EXECUTION_TIME_MS(Kind.DOUBLE, false),
  /** Circuits of the step. */
  CIRCUITS_EXECUTED(Kind.LONG, false),
  /** Qubits. */
  QUBITS_USED(Kind.LONG, false),
  /** Shots. */
  SHOTS_PER_CIRCUIT(Kind.LONG, false),
  /** Name of the backend. */
  BACKEND(Kind.TEXT, false),
  /** Milliseconds in the queue; missing on a simulator. */
  QUEUE_TIME_MS(Kind.DOUBLE, false),
  /** Price; missing on a simulator. */
  COST_USD(Kind.DOUBLE, false),
  /** Credits; missing on a simulator. */
  CREDITS_USED(Kind.DOUBLE, false),
  /** Milliseconds of the step. */
  BATCH_TIME_MS(Kind.DOUBLE, false),
  /** Samples a second. */
  THROUGHPUT_SAMPLES_PER_SEC(Kind.DOUBLE, false);

  /** What values a column has. */
  public enum Kind {
    /** 64-bit integers. */
    LONG,
    /** Doubles. */
    DOUBLE,
    /** Texts. */
    TEXT
  }

  private final Kind kind;
  private final boolean required;
  private final String column;

  RowColumn(Kind kind, boolean required) {
    this.kind = kind;
    this.required = required;
    this.column = name().toLowerCase(Locale.ROOT);
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
