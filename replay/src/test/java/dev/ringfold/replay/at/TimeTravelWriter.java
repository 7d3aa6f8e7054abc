// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.at;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.LogOption;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.Stream;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import dev.ringfold.event.MetricsLogged.Kind;
import dev.ringfold.event.ProjectionConfigured;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.quantum.QuantumStore;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import dev.ringfold.writers.parquet.FlushPolicy;
import dev.ringfold.writers.parquet.MetricTables;
import dev.ringfold.writers.parquet.TableOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * The process that writes a store: rows of two runs, notes, and from the middle on checkpoints, of
 * which the newest few stay, and quantum states. What it projects is looked at by another process
 * meanwhile; no projection shows states, so it notes by itself what there are.
 */
public final class TimeTravelWriter {
  static final String STATES = "states";
  static final int ROWS_BEFORE = 17_000;
  static final int PART_ROWS = 4_000;
  private static final int PACE_ROWS = 500;
  private static final long PACE_NANOS = 25_000_000L;
  private static final int CHECKPOINT_ROWS = 1_500;
  private static final int NOTE_ROWS = 20;
  private static final int LATE_COLUMN_FROM = 5;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final MetricLayout EARLY =
      MetricLayout.builder().doubles("loss").column("backend", MetricType.STRING).build();
  private static final MetricLayout LATE =
      MetricLayout.builder().doubles("loss", "lr").column("samples", MetricType.LONG).build();

  private TimeTravelWriter() {}

  /**
   * Arguments: store, rows in all, seed, file that grows by a byte with each look, file for notes
   * about states.
   */
  public static void main(String[] arguments) throws Exception {
    write(
        Path.of(arguments[0]),
        Integer.parseInt(arguments[1]),
        Long.parseLong(arguments[2]),
        Path.of(arguments[3]),
        Path.of(arguments[4]));
  }

  private static void write(Path store, int rows, long seed, Path looks, Path stateNotes)
      throws IOException {
    try (EventLog log =
            EventLog.builder(store)
                .environment(Map.of())
                .register(Noted.TYPE)
                .set(LogOption.RING_SLOTS, 4096)
                .set(LogOption.SEGMENT_BYTES, 1 << 20)
                .build();
        Producer producer = log.producer("trainer")) {
      Path outputs = store.resolve("outputs");
      TableOptions options =
          TableOptions.defaults()
              .withPartRows(PART_ROWS)
              .withFlush(FlushPolicy.of(200, Duration.ofSeconds(1)));
      ProjectionConfigured configured = MetricTables.configuration(outputs, options).orElseThrow();
      producer.appendAndAwait(log.stream(MetricTables.STREAM), configured, AckLevel.DISK);
      try (ProjectionRuntime runtime =
              ProjectionRuntime.builder(log)
                  .add(MetricTables.metrics())
                  .add(MetricTables.ledger())
                  .add(Checkpoints.trees(log))
                  .add(new NotedTotal())
                  .start();
          Checkpoints checkpoints = Checkpoints.on(log).trees(false).keepLast(3).open();
          QuantumStore states = QuantumStore.on(log).open()) {
        NotedStates noted = new NotedStates(states, stateNotes);
        Runnable beheld =
            () -> {
              noted.change();
              runtime.awaitApplied("checkpoints", log.lastSequence(), TIMEOUT);
              awaitLook(looks);
            };
        publish(log, producer, checkpoints, rows, seed, beheld);
        noted.note();
        long last = log.lastSequence();
        for (String name : new String[] {MetricTables.METRICS, "checkpoints", NotedTotal.NAME}) {
          runtime.awaitApplied(name, last, TIMEOUT);
        }
      }
    }
  }

  private static void publish(
      EventLog log,
      Producer producer,
      Checkpoints checkpoints,
      int rows,
      long seed,
      Runnable beheld) {
    Random random = new Random(seed);
    Stream[] runs = {log.stream("run-a"), log.stream("run-b")};
    MetricsRow[] early = {producer.metrics(runs[0], EARLY), producer.metrics(runs[1], EARLY)};
    MetricsRow[] late = {producer.metrics(runs[0], LATE), producer.metrics(runs[1], LATE)};
    for (int step = 0; step < rows; step++) {
      int run = step & 1;
      long nanos = 1_700_000_000_000_000_000L + step * 1_000_000L;
      if (step < rows / LATE_COLUMN_FROM || random.nextBoolean()) {
        MetricsRow row = early[run].begin(Kind.STEP, 0, step / 1_000, step, nanos);
        row.set(0, step % 97 == 96 ? Double.NaN : random.nextGaussian()).set(1, "cpu").offer();
      } else {
        MetricsRow row = late[run].begin(Kind.STEP, 0, step / 1_000, step, nanos);
        row.set(0, random.nextGaussian()).set(1, 0.01).set(2, random.nextLong()).offer();
      }
      if (step % NOTE_ROWS == 0) {
        var unused = producer.append(runs[run], new Noted(random.nextInt(1_000)), AckLevel.RING);
      }
      if (step % PACE_ROWS == PACE_ROWS - 1) {
        producer.appendAndAwait(runs[run], new Noted(step), AckLevel.JOURNAL);
        LockSupport.parkNanos(PACE_NANOS);
      }
      if (step >= ROWS_BEFORE && step % CHECKPOINT_ROWS == 0) {
        float[] weights = {step, random.nextFloat()};
        checkpoints
            .save(
                step / CHECKPOINT_ROWS,
                Map.of("w", Tensor.of(weights, 2)),
                Map.of(),
                Map.of("step", step))
            .await();
        beheld.run();
      }
    }
  }

  /** Returns when somebody has looked at the outputs from begin to end. */
  private static void awaitLook(Path looks) {
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    long before = size(looks);
    while (size(looks) < before + 2 && System.nanoTime() < deadline) {
      LockSupport.parkNanos(PACE_NANOS);
    }
  }

  private static long size(Path file) {
    try {
      return Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
