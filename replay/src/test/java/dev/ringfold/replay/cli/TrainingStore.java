// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.Stream;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import dev.ringfold.event.MetricsLogged.Kind;
import dev.ringfold.event.RunClosed;
import dev.ringfold.event.RunStarted;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionRunner;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Random;

/** A store such as a training leaves it: two runs, one of them killed and resumed. */
final class TrainingStore {
  static final String RESUMED = "digits-mlp";
  static final String HOSTILE = "</script><b onload=alert(1)>&'\"";
  static final int STEPS = 3_000;
  static final int KILLED_AT = 1_800;
  static final int RESUMED_AT = 1_500;
  static final int STEPS_PER_EPOCH = 300;

  private static final long BEGIN_NANOS = 1_795_168_800_000_000_000L;
  private static final long STEP_NANOS = 4_000_000L;
  private static final long RESUME_GAP_NANOS = 40_000_000_000L;
  private static final MetricLayout STEP_LAYOUT =
      MetricLayout.builder()
          .doubles("train_loss", "grad_norm", "cost_usd", "throughput_samples_per_sec", "accuracy")
          .column("backend", MetricType.STRING)
          .build();
  private static final MetricLayout EPOCH_LAYOUT =
      MetricLayout.builder().doubles("train_loss", "val_loss", "val_accuracy").build();

  private TrainingStore() {}

  static Path create(Path directory) {
    try (EventLog log = Stores.builder(directory).build();
        Producer producer = log.producer("trainer")) {
      Random random = new Random(7);
      publish(log, producer, RESUMED, 0, 0, KILLED_AT, random);
      publish(log, producer, RESUMED, 1, RESUMED_AT, STEPS, random);
      publish(log, producer, HOSTILE, 0, 0, 600, random);
    }
    return directory;
  }

  /** The same with its tables, as they are when nobody has the store open. */
  static Path createWithTables(Path directory) {
    Path store = create(directory);
    fold(store, MetricTables.metrics());
    fold(store, MetricTables.ledger());
    return store;
  }

  static void fold(Path store, Projection projection) {
    try (EventLogReader reader = EventLogReader.open(store, EventTypes.builtin())) {
      Path outputs = store.resolve("outputs");
      ProjectionRunner.fold(
          reader, projection, outputs, store.resolve("snapshots"), Long.MAX_VALUE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Steps {@code from} (inclusive) to {@code to} (exclusive) of one attempt. */
  static void publish(
      EventLog log, Producer producer, String run, int attempt, int from, int to, Random random) {
    Stream stream = log.stream(run);
    producer.appendAndAwait(
        stream,
        new RunStarted(attempt, "{\n  \"learningRate\": 0.05,\n  \"hidden\": 32\n}"),
        AckLevel.JOURNAL);
    MetricsRow row = producer.metrics(stream, STEP_LAYOUT);
    MetricsRow epochRow = producer.metrics(stream, EPOCH_LAYOUT);
    boolean closed = to != KILLED_AT;
    for (int step = from; step < to; step++) {
      int epoch = step / STEPS_PER_EPOCH;
      double shape = (attempt == 0 ? 2.2 : 2.0) * Math.exp(-step / 700.0) + 0.08;
      long nanos = BEGIN_NANOS + step * STEP_NANOS + attempt * RESUME_GAP_NANOS;
      row.begin(Kind.STEP, attempt, epoch, step, nanos);
      row.set(0, step % 977 == 976 ? Double.NaN : shape * (1 + 0.25 * random.nextGaussian() / 3));
      row.set(1, 0.4 + 3 * shape * random.nextDouble()).set(2, 0.0004).set(5, "simulator");
      row.set(3, 9_000 + 600 * random.nextGaussian());
      row.set(4, Math.min(1, 1 - shape / 2.6 + 0.02 * random.nextGaussian())).offer();
      if (step % STEPS_PER_EPOCH == STEPS_PER_EPOCH - 1) {
        epochRow.begin(Kind.EPOCH, attempt, epoch, -1, nanos);
        epochRow.set(0, shape).set(1, shape * 1.15 + 0.02).set(2, 1 - shape / 2.4);
        epochRow.append(AckLevel.JOURNAL, dev.ringfold.AppendOptions.NONE).join();
      }
    }
    if (closed) {
      producer.appendAndAwait(stream, new RunClosed(attempt), AckLevel.JOURNAL);
    }
  }
}
