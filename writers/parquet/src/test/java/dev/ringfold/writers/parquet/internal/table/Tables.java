// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogBuilder;
import dev.ringfold.EventLogReader;
import dev.ringfold.LogOption;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.Receipt;
import dev.ringfold.event.Event;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.ProjectionConfigured;
import dev.ringfold.event.RunClosed;
import dev.ringfold.event.TableCompacted;
import dev.ringfold.projections.FailurePolicy;
import dev.ringfold.projections.ProjectionRunner;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.writers.parquet.TableOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A log with the tables' projections running over it. */
final class Tables implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final MetricLayout TRAINING = MetricLayout.training();

  private static final long PARK_NANOS = 1_000_000L;

  final EventLog log;
  final Producer producer;
  final Path outputs;
  ProjectionRuntime runtime;

  Tables(Path store) {
    this(builder(store).build(), store.resolve("outputs"));
  }

  Tables(EventLog log, Path outputs) {
    this.log = log;
    this.outputs = outputs;
    this.producer = log.producer("test");
    start();
  }

  static EventLogBuilder builder(Path store) {
    return EventLog.builder(store)
        .environment(Map.of())
        .set(LogOption.RING_SLOTS, 4096)
        .set(LogOption.LEDGER_INTERVAL, Duration.ofHours(1)) // The same events on a slow machine.
        .set(LogOption.SEGMENT_BYTES, 16 << 20)
        .set(LogOption.BLOCK_BYTES, 1 << 20)
        .set(LogOption.RESERVE_BYTES, 1 << 20);
  }

  void start() {
    runtime =
        ProjectionRuntime.builder(log)
            .outputs(outputs)
            .add(
                new MetricsProjection(),
                new FailurePolicy.RetryThenDeadLetter(1, Duration.ofMillis(1)))
            .add(new LedgerProjection())
            .start();
  }

  Path metrics() {
    return outputs.resolve(MetricsProjection.TABLE);
  }

  MetricsRow row(String run, MetricLayout layout) {
    return producer.metrics(log.stream(run), layout);
  }

  /** Steps of a run with the training layout; {@code train_loss} is the step. */
  void steps(String run, long from, int count) {
    MetricsRow row = row(run, TRAINING);
    for (long step = from; step < from + count; step++) {
      offer(row.begin(0, step).set(0, (double) step));
    }
  }

  static void offer(MetricsRow row) {
    while (!row.offer()) {
      LockSupport.parkNanos(PARK_NANOS);
    }
  }

  Receipt append(String stream, Event event) {
    return producer.appendAndAwait(log.stream(stream), event, AckLevel.DISK);
  }

  /** Ends the part and waits until it is sealed. */
  long seal(String run) {
    long sequence = append(run, new RunClosed(0)).firstSequence();
    awaitApplied(sequence);
    return sequence;
  }

  void configure(TableOptions options) {
    awaitApplied(
        append(
                "ringfold.projections",
                new ProjectionConfigured(MetricsProjection.NAME, options.canonical()))
            .firstSequence());
  }

  void compact(long upTo) {
    awaitApplied(
        append("ringfold.projections", new TableCompacted(upTo, MetricsProjection.NAME))
            .firstSequence());
  }

  void awaitApplied(long sequence) {
    assertThat(runtime.awaitApplied(MetricsProjection.NAME, sequence, PATIENCE))
        .as("applied up to %s: %s", sequence, runtime.status())
        .isTrue();
  }

  void awaitApplied() {
    awaitApplied(log.lastSequence());
  }

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited %s for %s", PATIENCE, what).isLessThan(deadline);
      LockSupport.parkNanos(PARK_NANOS);
    }
  }

  @Override
  public void close() {
    producer.close();
    runtime.close();
    log.close();
  }

  /** Builds the metrics table anew from the journal alone; returns its path. */
  static Path rebuild(Path store, Path outputs) throws IOException {
    return rebuild(store, outputs, Long.MAX_VALUE);
  }

  static Path rebuild(Path store, Path outputs, long upTo) throws IOException {
    try (EventLogReader reader = EventLog.openReadOnly(store)) {
      ProjectionRunner.fold(
          reader, new MetricsProjection(), outputs, outputs.resolve("snapshots"), upTo);
    }
    return outputs.resolve(MetricsProjection.TABLE);
  }

  static Path rebuildLedger(Path store, Path outputs) throws IOException {
    try (EventLogReader reader = EventLog.openReadOnly(store)) {
      ProjectionRunner.fold(
          reader, new LedgerProjection(), outputs, outputs.resolve("snapshots"), Long.MAX_VALUE);
    }
    return outputs.resolve(LedgerProjection.TABLE);
  }

  /** SHA-256 of each part that the newest commit names, by name; checks what the commit says. */
  static Map<String, String> sealed(Path table) throws IOException {
    TableSnapshot snapshot = TableSnapshot.read(table);
    Map<String, String> hashes = new TreeMap<>();
    if (snapshot.commit() != null) {
      for (PartEntry part : snapshot.commit().parts()) {
        String hash = sha256(part.in(snapshot.generation()));
        assertThat(hash).as(part.name()).isEqualTo(part.sha256());
        hashes.put(part.name(), hash);
      }
    }
    return hashes;
  }

  static String sha256(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
