// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.peers;

import java.util.List;

/**
 * Some rows, column by column, and the function that makes them. Every writer gets its rows from
 * such a block, filled before its clock runs, so that making them costs nobody anything. A row is a
 * function of seed and number. Used by one thread.
 *
 * <p>The values look like those of a training run: losses and gradients have the precision of a
 * float32, times that of a microsecond, prices a fixed rate.
 */
public final class RowBlock {
  /** Most rows. */
  public static final int CAPACITY = 131_072;

  /** The texts of the column {@code backend}; a row has an index into it. */
  public static final List<String> BACKENDS = List.of("simulator", "ibm_brisbane", "ionq_aria");

  /** Steps of an epoch. */
  public static final int STEPS_PER_EPOCH = 1_000;

  private static final int SIMULATOR = 0;
  private static final long ROWS_PER_BACKEND = 50_000;
  private static final double FIRST_TIMESTAMP = 1.7e9;
  private static final double SECONDS_PER_STEP = 0.05;
  private static final double FADING_ROWS = 400_000;
  private static final double MICRO = 1e6;
  private static final double MILLI = 1e3;
  private static final double CENTI = 1e2;
  private static final double TENTH = 10;
  private static final double SAMPLES = 32;
  private static final double USD_PER_CIRCUIT = 0.000_35;
  private static final double CREDITS_PER_CIRCUIT = 0.01;
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1p-53;

  private final long[][] longs = new long[RowColumn.values().length][];
  private final double[][] doubles = new double[RowColumn.values().length][];
  private final boolean[][] missing = new boolean[RowColumn.values().length][];
  private final byte[] backends = new byte[CAPACITY];
  private int rows;
  private long state;

  /** A block without rows. */
  public RowBlock() {
    for (RowColumn column : RowColumn.values()) {
      switch (column.kind()) {
        case LONG -> longs[column.ordinal()] = new long[CAPACITY];
        case DOUBLE -> doubles[column.ordinal()] = new double[CAPACITY];
        case TEXT -> {}
      }
      missing[column.ordinal()] = new boolean[CAPACITY];
    }
  }

  /** Fills the block with rows {@code [first, first + count)}. */
  public void fill(long seed, long first, int count) {
    if (count < 1 || count > CAPACITY) {
      throw new IllegalArgumentException("a block has 1 to " + CAPACITY + " rows, not " + count);
    }
    rows = count;
    for (int i = 0; i < count; i++) {
      fillRow(i, seed, first + i);
    }
  }

  private void fillRow(int i, long seed, long number) {
    state = (seed * GOLDEN) ^ (number * 0xD1B54A32D192ED03L);
    put(RowColumn.SEQ, i, number);
    put(RowColumn.EPOCH, i, number / STEPS_PER_EPOCH);
    put(RowColumn.STEP, i, number);
    double time = FIRST_TIMESTAMP + number * SECONDS_PER_STEP + uniform() * SECONDS_PER_STEP;
    put(RowColumn.TIMESTAMP, i, rounded(time, MICRO));
    double fading = Math.exp(-number / FADING_ROWS);
    put(RowColumn.TRAIN_LOSS, i, (float) ((0.05 + 2.25 * fading) * (0.9 + 0.2 * uniform())));
    boolean epochEnds = number % STEPS_PER_EPOCH == STEPS_PER_EPOCH - 1;
    put(RowColumn.VAL_LOSS, i, epochEnds ? (float) (0.07 + 2.3 * fading) : Double.NaN);
    missing[RowColumn.VAL_LOSS.ordinal()][i] = !epochEnds;
    double norm = (0.2 + fading) * (0.5 + uniform());
    put(RowColumn.GRAD_NORM, i, (float) norm);
    put(RowColumn.GRAD_MAX, i, (float) (norm * 0.3 * uniform()));
    put(RowColumn.GRAD_MIN, i, (float) (norm * -0.3 * uniform()));
    fillBackend(i, number);
    double batchMillis = rounded(40 + 20 * uniform(), MILLI);
    put(RowColumn.BATCH_TIME_MS, i, batchMillis);
    put(RowColumn.THROUGHPUT_SAMPLES_PER_SEC, i, SAMPLES * MILLI / batchMillis);
  }

  private void fillBackend(int i, long number) {
    int backend = (int) (number / ROWS_PER_BACKEND % BACKENDS.size());
    long circuits = 20 + (next() >>> 60);
    backends[i] = (byte) backend;
    put(RowColumn.CIRCUIT_EXECUTION_TIME_MS, i, rounded(5 + 10 * uniform(), CENTI));
    put(RowColumn.CIRCUITS_EXECUTED, i, circuits);
    put(RowColumn.QUBITS_USED, i, 8);
    put(RowColumn.SHOTS_PER_CIRCUIT, i, backend == SIMULATOR ? 1_024 : 4_096);
    boolean free = backend == SIMULATOR;
    put(RowColumn.QUEUE_TIME_MS, i, rounded(100 * uniform(), TENTH));
    put(RowColumn.COST_USD, i, circuits * USD_PER_CIRCUIT);
    put(RowColumn.CREDITS_USED, i, circuits * CREDITS_PER_CIRCUIT);
    missing[RowColumn.QUEUE_TIME_MS.ordinal()][i] = free;
    missing[RowColumn.COST_USD.ordinal()][i] = free;
    missing[RowColumn.CREDITS_USED.ordinal()][i] = free;
  }

  private void put(RowColumn column, int i, long value) {
    longs[column.ordinal()][i] = value;
  }

  private void put(RowColumn column, int i, double value) {
    doubles[column.ordinal()][i] = value;
  }

  private static double rounded(double value, double perUnit) {
    return Math.rint(value * perUnit) / perUnit;
  }

  private double uniform() {
    return (next() >>> 11) * UNIT;
  }

  private long next() {
    state += GOLDEN;
    long z = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** How many rows there are. */
  public int rows() {
    return rows;
  }

  /** Whether the row has no value in this column. */
  public boolean isMissing(RowColumn column, int row) {
    return missing[column.ordinal()][row];
  }

  /** An integer. */
  public long longAt(RowColumn column, int row) {
    return longs[column.ordinal()][row];
  }

  /** A double. */
  public double doubleAt(RowColumn column, int row) {
    return doubles[column.ordinal()][row];
  }

  /** The index of the row's text in {@link #BACKENDS}. */
  public int backendAt(int row) {
    return backends[row];
  }
}
