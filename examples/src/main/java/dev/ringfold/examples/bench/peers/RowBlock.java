// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.peers;

import java.util.List;

/**
 * Some rows, column by column, and the function that makes them. Every writer gets its rows from
 * such a block, filled before its clock runs, so that making them costs nobody anything. A row is a
 * function of seed and number. Used by one thread.
 *
 * <p>The values look like those of a training run: losses that fall with noise and gradient norms,
 * both with the precision of a float32, times in steps of a microsecond, few-valued integers, three
 * backends, and costs that only one of them has.
 */
public final class RowBlock {
  /** Most rows. */
  public static final int CAPACITY = 131_072;

  /** The texts of the column {@code backend}; a row has an index into it. */
  public static final List<String> BACKENDS =
      List.of("default.qubit", "lightning.qubit", "ionq.simulator");

  /** Steps of an epoch. */
  public static final int STEPS_PER_EPOCH = 1_000;

  private static final int PAID_BACKEND = 2;
  private static final double FIRST_TIMESTAMP = 1_763_000_000.0;
  private static final double SECONDS_PER_STEP = 0.012;
  private static final double SAMPLES = 64;
  private static final double MICRO = 1e6;
  private static final double MILLI = 1e3;
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
        case LONG -> longs[column.index()] = new long[CAPACITY];
        case DOUBLE -> doubles[column.index()] = new double[CAPACITY];
        case TEXT -> {}
      }
      missing[column.index()] = new boolean[CAPACITY];
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
    double time = FIRST_TIMESTAMP + (number + uniform()) * SECONDS_PER_STEP;
    put(RowColumn.TIMESTAMP, i, rounded(time, MICRO));
    double fading = Math.exp(-(number % 200_000) / 40_000.0);
    double loss = 0.05 + 2.2 * fading + 0.02 * gaussian();
    put(RowColumn.TRAIN_LOSS, i, (double) (float) loss);
    boolean epochEnds = number % STEPS_PER_EPOCH == STEPS_PER_EPOCH - 1;
    put(RowColumn.VAL_LOSS, i, (double) (float) (loss * 1.1), !epochEnds);
    double norm = Math.abs(0.3 + fading + 0.1 * gaussian());
    put(RowColumn.GRAD_NORM, i, (double) (float) norm);
    put(RowColumn.GRAD_MAX, i, (double) (float) (norm * (0.2 + 0.1 * uniform())));
    put(RowColumn.GRAD_MIN, i, (double) (float) (-norm * (0.2 + 0.1 * uniform())));
    double millis = 12 + 0.8 * gaussian() + (uniform() < 0.002 ? 40 : 0);
    double batchMillis = rounded(Math.max(1, millis), MILLI);
    put(RowColumn.BATCH_TIME_MS, i, batchMillis);
    put(RowColumn.THROUGHPUT_SAMPLES_PER_SEC, i, SAMPLES * MILLI / batchMillis);
    fillBackend(i, number, batchMillis);
  }

  private void fillBackend(int i, long number, double batchMillis) {
    boolean paid = number / 5_000 % 7 == 0;
    backends[i] = (byte) (paid ? PAID_BACKEND : number / 50_000 % 2);
    long circuits = 16L << (int) (3 * uniform());
    long shots = 1_024;
    put(RowColumn.CIRCUITS_EXECUTED, i, circuits);
    put(RowColumn.QUBITS_USED, i, 4 + 2 * (number / 20_000 % 3));
    put(RowColumn.SHOTS_PER_CIRCUIT, i, shots);
    put(
        RowColumn.CIRCUIT_EXECUTION_TIME_MS,
        i,
        rounded(batchMillis * (0.6 + 0.1 * uniform()), MILLI));
    double queueMillis = rounded(-80 * Math.log(1 - uniform()), 10);
    put(RowColumn.QUEUE_TIME_MS, i, queueMillis, !paid);
    put(RowColumn.COST_USD, i, circuits * shots * 3.5e-5, !paid);
    put(RowColumn.CREDITS_USED, i, circuits * 0.125, !paid);
  }

  private void put(RowColumn column, int i, double value, boolean isMissing) {
    put(column, i, value);
    missing[column.index()][i] = isMissing;
  }

  private void put(RowColumn column, int i, long value) {
    longs[column.index()][i] = value;
  }

  private void put(RowColumn column, int i, double value) {
    doubles[column.index()][i] = value;
  }

  private static double rounded(double value, double perUnit) {
    return Math.rint(value * perUnit) / perUnit;
  }

  private double gaussian() {
    double radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    return radius * Math.cos(2 * Math.PI * uniform());
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

  /**
   * Makes row {@code i} the one with this number and leaves its other values: a stream of any
   * length from one block. Its timestamp becomes the number's, without jitter.
   */
  public void renumber(int i, long number) {
    put(RowColumn.SEQ, i, number);
    put(RowColumn.EPOCH, i, number / STEPS_PER_EPOCH);
    put(RowColumn.STEP, i, number);
    put(RowColumn.TIMESTAMP, i, FIRST_TIMESTAMP + number * SECONDS_PER_STEP);
  }

  /** How many rows there are. */
  public int rows() {
    return rows;
  }

  /** Whether the row has no value in this column. */
  public boolean isMissing(RowColumn column, int row) {
    return missing[column.index()][row];
  }

  /** An integer. */
  public long longAt(RowColumn column, int row) {
    return longs[column.index()][row];
  }

  /** A double. */
  public double doubleAt(RowColumn column, int row) {
    return doubles[column.index()][row];
  }

  /** The index of the row's text in {@link #BACKENDS}. */
  public int backendAt(int row) {
    return backends[row];
  }
}
