// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.EventLog;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricsView;
import dev.ringfold.event.RunClosed;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.writers.parquet.MetricRows;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.MetricTables;
import dev.ringfold.writers.parquet.TableOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Losses of power by the page mixer, with a table beside the journal. The journal is any mix a disk
 * may hold; the table's files are those of that moment, or even those of a later one, so that
 * events they were made of never reached the disk. Then other events get the same sequences.
 */
class TablePowerLossTest {
  private static final long SEED = Long.getLong("ringfold.seed", 1);
  private static final int SEEDS = 6;
  private static final int MIXES = 4;
  private static final int MAX_FORCES = 40;
  private static final int ROWS_PER_ACK = 16;
  private static final int PART_ROWS = 64;
  private static final int ROWS_BEHIND = 400;
  private static final int ROWS_AFTER = 150;
  private static final long OTHER_STEPS = 1_000_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final MetricLayout LAYOUT = MetricLayout.builder().doubles("loss").build();
  private static final Workload WORKLOAD = new PowerLossWorkload();

  @TempDir private Path directory;

  private int rolledBack;

  @Test
  void theTableHoldsWhatTheJournalHoldsAfterEveryMix() throws Exception {
    for (long seed = SEED; seed < SEED + SEEDS; seed++) {
      Path place = Files.createDirectory(directory.resolve("seed-" + seed));
      StoreImage image = record(place, seed);
      for (int mix = 0; mix < MIXES; mix++) {
        for (String outputs : new String[] {"outputs-cut", "outputs-later"}) {
          Path store = place.resolve("store-" + mix + "-" + outputs);
          image.write(store, seed * MIXES + mix);
          Path copy = place.resolve(mix + "-" + outputs);
          copyTree(place.resolve(outputs), copy);
          check(store, copy, seed, "seed " + seed + ", mix " + mix + ", " + outputs);
        }
      }
    }
    System.out.println(rolledBack + " times a table was ahead of the journal and went back");
    assertThat(rolledBack).as("tables ahead of the journal").isPositive();
  }

  /** Runs a log with a table until the power goes, and on. */
  private static StoreImage record(Path place, long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    Path outputs = place.resolve("outputs-later");
    Path store = place.resolve("store");
    try (EventLog log = CrashStore.builder(store, seed, WORKLOAD).build()) {
      configure(log, outputs);
      PowerLossRecorder recorder =
          new PowerLossRecorder(
              store,
              8 + random.nextInt(MAX_FORCES),
              "journal.force.after",
              random.nextLong(TimeUnit.MILLISECONDS.toNanos(10)),
              1);
      FaultPoint.Hook hook = FaultPoint.install(recorder);
      long step = 0;
      try (ProjectionRuntime runtime = runtime(log, outputs);
          Producer producer = log.producer("crash")) {
        MetricsRow row = producer.metrics(log.stream("run"), LAYOUT);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!recorder.isDone()) {
          assertThat(System.nanoTime()).as("the chosen force never came").isLessThan(deadline);
          step = publish(row, step, ROWS_PER_ACK);
        }
        copyTree(outputs, place.resolve("outputs-cut"));
        hook.close();
        publish(row, step, ROWS_BEHIND);
        assertThat(runtime.awaitApplied(MetricTables.METRICS, log.lastSequence(), PATIENCE))
            .isTrue();
      } finally {
        hook.close();
      }
      return recorder.image();
    }
  }

  private static void configure(EventLog log, Path outputs) throws IOException {
    TableOptions options = TableOptions.defaults().withPartRows(PART_ROWS);
    try (Producer producer = log.producer("configuration")) {
      producer.appendAndAwait(
          log.stream(MetricTables.STREAM),
          MetricTables.configuration(outputs, options).orElseThrow(),
          AckLevel.DISK);
    }
  }

  private static ProjectionRuntime runtime(EventLog log, Path outputs) {
    return ProjectionRuntime.builder(log).outputs(outputs).add(MetricTables.metrics()).start();
  }

  private static long publish(MetricsRow row, long firstStep, int count) {
    for (int i = 1; i < count; i++) {
      fill(row, firstStep + i);
      while (!row.offer()) {
        LockSupport.parkNanos(1_000);
      }
    }
    fill(row, firstStep);
    row.append(AckLevel.DISK, AppendOptions.NONE).join();
    return firstStep + count;
  }

  private static void fill(MetricsRow row, long step) {
    row.begin(0, step).set(0, 1.0 / (step + 1));
  }

  private void check(Path store, Path outputs, long seed, String where) throws Exception {
    long ahead = MetricTable.open(MetricTables.metricsTable(outputs)).sequence();
    try (EventLog log = CrashStore.builder(store, seed, WORKLOAD).build()) {
      if (log.lastSequence() < ahead) {
        rolledBack++;
      }
      try (ProjectionRuntime runtime = runtime(log, outputs);
          Producer producer = log.producer("crash")) {
        MetricsRow row = producer.metrics(log.stream("run"), LAYOUT);
        publish(row, OTHER_STEPS, ROWS_AFTER);
        producer.appendAndAwait(log.stream("run"), new RunClosed(0), AckLevel.DISK);
        assertThat(runtime.awaitApplied(MetricTables.METRICS, log.lastSequence(), PATIENCE))
            .as(where)
            .isTrue();
      }
      assertThat(tableRows(outputs)).as(where).isEqualTo(journalRows(log));
    }
    MetricTable table = MetricTable.open(MetricTables.metricsTable(outputs));
    assertThat(table.openParts()).as(where).isEmpty();
    assertThat(table.verify()).as(where).isEmpty();
  }

  private static Map<Long, Long> journalRows(EventLog log) {
    Map<Long, Long> rows = new TreeMap<>();
    MetricsView row = new MetricsView();
    try (Tailer tailer = log.tailer().types(BuiltinTypes.METRICS_LOGGED.id()).open()) {
      int polled;
      do {
        polled =
            tailer.poll(
                event -> {
                  row.wrap(event.buffer(), event.payloadOffset(), event.payloadLength());
                  rows.put(event.sequence(), row.step());
                },
                1_000);
      } while (polled > 0);
    }
    return rows;
  }

  private static Map<Long, Long> tableRows(Path outputs) throws IOException {
    Map<Long, Long> found = new TreeMap<>();
    try (MetricRows rows = MetricTable.open(MetricTables.metricsTable(outputs)).rows()) {
      int sequence = rows.column("seq");
      int step = rows.column("step");
      while (rows.next()) {
        Long twice = found.put(rows.longAt(sequence), rows.longAt(step));
        assertThat(twice).as("sequence %s twice", rows.longAt(sequence)).isNull();
      }
    }
    return found;
  }

  /**
   * With symbolic links as they are; what is replaced while it is copied is left out or complete.
   */
  private static void copyTree(Path from, Path to) throws IOException, InterruptedException {
    Process copy =
        new ProcessBuilder("cp", "-a", from.toString(), to.toString())
            .redirectErrorStream(true)
            .start();
    copy.getInputStream().readAllBytes();
    copy.waitFor();
    assertThat(to).isDirectory();
  }
}
