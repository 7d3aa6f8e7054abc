// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.LogOption;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.writers.parquet.MetricTables;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a command in a loop does to the producer of the same store: the time of its offers, at a
 * steady rate, with and without, in turns. It prints the numbers. The bound is wide, since a test
 * has a machine that others use too; that nothing is dropped is exact.
 *
 * <p>The command runs in this process, which is harder on the producer than one of its own: it
 * shares heap and collector with it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PublisherUndisturbedTest {
  private static final int ROUNDS = Integer.getInteger("ringfold.undisturbed.rounds", 3);
  private static final int ROWS_OF_A_ROUND = 2_000;
  private static final long INTERVAL_NANOS = 250_000;

  /** A loop of commands takes cores; an offer that waited for one would take far longer. */
  private static final long MEDIAN_LIMIT_NANOS = 100_000;

  @TempDir private static Path folder;

  private EventLog log;
  private ProjectionRuntime runtime;
  private Producer producer;
  private MetricsRow row;
  private long step;

  @BeforeAll
  void openStore() {
    log = Stores.builder(folder.resolve("store")).set(LogOption.RING_SLOTS, 1 << 16).build();
    runtime = project();
    producer = log.producer("trainer");
    row = producer.metrics(log.stream("run"), Stores.LAYOUT);
    offerRound(new long[20_000], 0);
    long last = // Of another row, by which those before it are in the journal.
        producer
            .appendAndAwait(
                log.stream("run"),
                MetricsLogged.complete(0, MetricsLogged.Kind.STEP, 0, 0, step, new long[0]),
                AckLevel.JOURNAL)
            .firstSequence();
    assertThat(runtime.awaitApplied(MetricTables.METRICS, last, Duration.ofSeconds(60))).isTrue();
    runtime.close(); // Which shows all rows: a query asks for their columns.
    runtime = project();
  }

  private ProjectionRuntime project() {
    return ProjectionRuntime.builder(log)
        .add(MetricTables.metrics())
        .add(MetricTables.ledger())
        .start();
  }

  @AfterAll
  void closeStore() {
    producer.close();
    runtime.close();
    log.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "query STORE|select count(*), avg(loss) from latest",
        "report STORE --out|OUT",
        "export STORE --to|csv",
        "export STORE --to|parquet|--out|OUT",
        "projections status|STORE",
        "dlq list|STORE",
        "stat STORE",
        "tail STORE --last|100"
      })
  void aCommandInALoopDoesNotBlockOffers(String command) {
    Object[] arguments = arguments(command);
    long[] alone = new long[ROUNDS * ROWS_OF_A_ROUND];
    long[] beside = new long[ROUNDS * ROWS_OF_A_ROUND];
    long droppedBefore = producer.dropped();
    int runs = 0;

    for (int round = 0; round < ROUNDS; round++) {
      offerRound(alone, round);
      Loop loop = new Loop(arguments);
      offerRound(beside, round);
      runs += loop.end();
    }

    Arrays.sort(alone);
    Arrays.sort(beside);
    System.out.printf(
        Locale.ROOT,
        "%-55s %3d runs; offer alone p50 %d p99 %d ns, beside p50 %d p99 %d ns%n",
        command,
        runs,
        at(alone, 0.5),
        at(alone, 0.99),
        at(beside, 0.5),
        at(beside, 0.99));
    assertThat(runs).isPositive();
    assertThat(producer.dropped()).isEqualTo(droppedBefore);
    assertThat(at(beside, 0.5)).isLessThan(MEDIAN_LIMIT_NANOS);
  }

  private void offerRound(long[] times, int round) {
    int first = round * ROWS_OF_A_ROUND;
    long next = System.nanoTime();
    for (int i = 0; i < Math.min(ROWS_OF_A_ROUND, times.length); i++) {
      next += INTERVAL_NANOS;
      while (System.nanoTime() < next) {
        LockSupport.parkNanos(Math.max(1, next - System.nanoTime()));
      }
      long before = System.nanoTime();
      row.begin(0, step).set(0, step * 0.5).set(1, step);
      row.offer();
      times[first + i] = System.nanoTime() - before;
      step++;
    }
  }

  private static long at(long[] sorted, double part) {
    return sorted[(int) Math.min(sorted.length - 1L, Math.round(part * sorted.length))];
  }

  private Object[] arguments(String command) {
    List<Object> arguments = new ArrayList<>();
    for (String part : command.split("\\|")) {
      boolean sql = part.startsWith("select");
      for (String word : sql ? new String[] {part} : part.split(" ")) {
        arguments.add(
            switch (word) {
              case "STORE" -> log.directory();
              case "OUT" -> folder.resolve("out");
              default -> word;
            });
      }
    }
    return arguments.toArray();
  }

  /** Runs a command again and again in a thread of its own. */
  private static final class Loop {
    private final AtomicBoolean ending = new AtomicBoolean();
    private final Thread thread;
    private int runs;
    private String failure = "";

    Loop(Object[] arguments) {
      thread =
          new Thread(
              () -> {
                while (!ending.get() && failure.isEmpty()) {
                  Ran ran = Ran.ringfold(arguments);
                  failure = ran.exitCode() == 0 ? "" : ran.err();
                  runs++;
                }
              },
              "command-loop");
      thread.start();
    }

    int end() {
      ending.set(true);
      try {
        thread.join(TimeUnit.MINUTES.toMillis(1));
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      assertThat(thread.isAlive()).as("the command ends").isFalse();
      assertThat(failure).isEmpty();
      return runs;
    }
  }
}
