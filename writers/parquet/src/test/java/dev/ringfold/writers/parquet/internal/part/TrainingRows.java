// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.util.List;
import java.util.Random;

/**
 * Rows as a training loop logs them, from a seed: losses that fall with noise, gradient norms (both
 * computed in 32 bits, as frameworks do), times in steps of a microsecond, few-valued integers,
 * three backends, and costs that only one of them has. Column arrays, so that reading a row costs
 * every writer the same.
 */
final class TrainingRows {
  static final int STEPS_PER_EPOCH = 1_000;
  static final String[] BACKENDS = {"default.qubit", "lightning.qubit", "ionq.simulator"};
  private static final int PAID_BACKEND = 2;
  private static final double BATCH_SAMPLES = 64;
  private static final double START_SECONDS = 1_763_000_000.0;

  final int size;
  final long[] epoch;
  final long[] step;
  final double[] timestamp;
  final double[] trainLoss;

  /** NaN where there is none; no other column has a NaN. */
  final double[] valLoss;

  final double[] gradNorm;
  final double[] gradMax;
  final double[] gradMin;
  final double[] circuitMillis;
  final long[] circuits;
  final long[] qubits;
  final long[] shots;
  final int[] backend;
  final double[] queueMillis;
  final double[] cost;
  final double[] credits;
  final double[] batchMillis;
  final double[] throughput;

  TrainingRows(long seed, int size) {
    this.size = size;
    epoch = new long[size];
    step = new long[size];
    timestamp = new double[size];
    trainLoss = new double[size];
    valLoss = new double[size];
    gradNorm = new double[size];
    gradMax = new double[size];
    gradMin = new double[size];
    circuitMillis = new double[size];
    circuits = new long[size];
    qubits = new long[size];
    shots = new long[size];
    backend = new int[size];
    queueMillis = new double[size];
    cost = new double[size];
    credits = new double[size];
    batchMillis = new double[size];
    throughput = new double[size];
    Random random = new Random(seed);
    double now = START_SECONDS;
    for (int row = 0; row < size; row++) {
      fillTraining(random, row);
      fillCircuits(random, row);
      now += batchMillis[row] / 1e3;
      timestamp[row] = Math.rint(now * 1e6) / 1e6;
    }
  }

  private void fillTraining(Random random, int row) {
    epoch[row] = row / STEPS_PER_EPOCH;
    step[row] = row;
    double progress = Math.exp(-(row % 200_000) / 40_000.0);
    double loss = 0.05 + 2.2 * progress + 0.02 * random.nextGaussian();
    trainLoss[row] = (float) loss;
    boolean last = row % STEPS_PER_EPOCH == STEPS_PER_EPOCH - 1;
    valLoss[row] = last ? (float) (loss * 1.1) : Double.NaN;
    double norm = Math.abs(0.3 + progress + 0.1 * random.nextGaussian());
    gradNorm[row] = (float) norm;
    gradMax[row] = (float) (norm * (0.2 + 0.1 * random.nextDouble()));
    gradMin[row] = (float) (-norm * (0.2 + 0.1 * random.nextDouble()));
    double millis = 12 + 0.8 * random.nextGaussian() + (random.nextInt(500) == 0 ? 40 : 0);
    batchMillis[row] = Math.rint(Math.max(1, millis) * 1e3) / 1e3;
    throughput[row] = BATCH_SAMPLES * 1e3 / batchMillis[row];
  }

  private void fillCircuits(Random random, int row) {
    backend[row] = row / 5_000 % 7 == 0 ? PAID_BACKEND : row / 50_000 % 2;
    boolean paid = backend[row] == PAID_BACKEND;
    circuits[row] = 16L << random.nextInt(3);
    qubits[row] = 4 + 2L * (row / 20_000 % 3);
    shots[row] = 1_024;
    circuitMillis[row] =
        Math.rint(batchMillis[row] * (0.6 + 0.1 * random.nextDouble()) * 1e3) / 1e3;
    queueMillis[row] = paid ? Math.rint(-800 * Math.log(1 - random.nextDouble())) / 10 : Double.NaN;
    cost[row] = paid ? circuits[row] * shots[row] * 3.5e-5 : Double.NaN;
    credits[row] = paid ? circuits[row] * 0.125 : Double.NaN;
  }

  /** {@code seq} and the 18 fields of TrainingMetrics. */
  static TableSchema schema() {
    TableSchema schema =
        TableSchema.of(
            List.of(
                new Column("seq", 1, ColumnType.INT64, true),
                new Column("epoch", 2, ColumnType.INT64, true),
                new Column("step", 3, ColumnType.INT64, true),
                new Column("timestamp", 4, ColumnType.DOUBLE, true)));
    String[] doubles = {"train_loss", "val_loss", "grad_norm", "grad_max", "grad_min"};
    for (String name : doubles) {
      schema = with(schema, name, ColumnType.DOUBLE);
    }
    schema = with(schema, "circuit_execution_time_ms", ColumnType.DOUBLE);
    schema = with(schema, "circuits_executed", ColumnType.INT64);
    schema = with(schema, "qubits_used", ColumnType.INT64);
    schema = with(schema, "shots_per_circuit", ColumnType.INT64);
    schema = with(schema, "backend", ColumnType.STRING);
    String[] more = {
      "queue_time_ms", "cost_usd", "credits_used", "batch_time_ms", "throughput_samples_per_sec"
    };
    for (String name : more) {
      schema = with(schema, name, ColumnType.DOUBLE);
    }
    return schema;
  }

  private static TableSchema with(TableSchema schema, String name, ColumnType type) {
    return schema.with(new Column(name, schema.size() + 1, type, false));
  }

  /** Adds rows {@code [from, to)} to a batch of {@link #schema}. */
  void fill(ColumnBatch batch, int from, int to) {
    int[] names = new int[BACKENDS.length];
    for (int i = 0; i < names.length; i++) {
      names[i] = batch.addString(BACKENDS[i]);
    }
    fill(batch, from, to, names);
  }

  /** The same with the batch's ids of {@link #BACKENDS}. */
  void fill(ColumnBatch batch, int from, int to, int[] names) {
    for (int row = from; row < to; row++) {
      batch.beginRow();
      batch.setLong(0, row);
      batch.setLong(1, epoch[row]);
      batch.setLong(2, step[row]);
      batch.setDouble(3, timestamp[row]);
      batch.setDouble(4, trainLoss[row]);
      set(batch, 5, valLoss[row]);
      batch.setDouble(6, gradNorm[row]);
      batch.setDouble(7, gradMax[row]);
      batch.setDouble(8, gradMin[row]);
      batch.setDouble(9, circuitMillis[row]);
      batch.setLong(10, circuits[row]);
      batch.setLong(11, qubits[row]);
      batch.setLong(12, shots[row]);
      batch.setString(13, names[backend[row]]);
      set(batch, 14, queueMillis[row]);
      set(batch, 15, cost[row]);
      set(batch, 16, credits[row]);
      batch.setDouble(17, batchMillis[row]);
      batch.setDouble(18, throughput[row]);
      batch.endRow();
    }
  }

  private static void set(ColumnBatch batch, int column, double value) {
    if (!Double.isNaN(value)) {
      batch.setDouble(column, value);
    }
  }
}
