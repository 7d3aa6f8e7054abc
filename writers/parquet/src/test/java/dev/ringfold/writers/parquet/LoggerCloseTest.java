// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.EventLog;
import dev.ringfold.projections.ControlRequest;
import dev.ringfold.projections.OutputRebuild;
import dev.ringfold.projections.ProjectionControl;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Closing a logger that other threads use. */
@Timeout(120)
final class LoggerCloseTest {
  @TempDir Path directory;

  private MetricsLoggerBuilder builder() {
    return MetricsLogger.builder(store()).log(JournalRows::small);
  }

  private Path store() {
    return directory.resolve("store");
  }

  @Test
  void closeWhileOtherThreadsLogMakesThemGetFalseAndNoException() throws InterruptedException {
    for (int round = 0; round < 5; round++) {
      List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
      List<Thread> threads = new ArrayList<>();
      AtomicLong taken = new AtomicLong();
      MetricsLogger logger = builder().run("round-" + round).open();
      for (int t = 0; t < 3; t++) {
        ThreadLogger handle = logger.forThread("t" + t);
        Thread thread =
            new Thread(
                () -> {
                  for (int refused = 0; refused < 1_000_000; ) {
                    if (handle.step(0, 1).trainLoss(1).log()) {
                      taken.getAndIncrement();
                    } else {
                      refused++;
                    }
                  }
                });
        thread.setUncaughtExceptionHandler((failed, cause) -> failures.add(cause));
        thread.start();
        threads.add(thread);
      }
      while (taken.get() < 1_000) {
        Thread.onSpinWait();
      }
      logger.close();
      for (Thread thread : threads) {
        thread.join();
      }

      String run = "round-" + round;
      long stored = JournalRows.read(store()).stream().filter(row -> row.run().equals(run)).count();
      assertThat(failures).isEmpty();
      assertThat(stored).isLessThanOrEqualTo(taken.get());
    }
  }

  private long ledgerAt() throws IOException {
    return MetricTable.open(MetricTables.ledgerTable(store().resolve("outputs"))).sequence();
  }

  @Test
  void closeLeavesAPausedTableAsItIs() throws IOException {
    long paused;
    try (MetricsLogger logger = builder().open()) {
      ProjectionControl.send(
          store(),
          ControlRequest.of(ControlRequest.Command.PAUSE, MetricTables.LEDGER),
          Duration.ofSeconds(30));
      paused = ledgerAt();
      assertThat(logger.step(0, 1).trainLoss(1).log()).isTrue();
    }
    assertThat(ledgerAt()).isEqualTo(paused);
  }

  @Test
  void tablesAreNotSettledWhileSomebodyElseHasTheOutputs() throws IOException {
    builder().open().close();
    Path outputs = store().resolve("outputs");
    LoggerRuntime runtime;
    try (EventLog log = EventLog.builder(store()).environment(Map.of()).build()) {
      runtime = LoggerRuntime.start(log, outputs, List.of());
      runtime.close();
    }
    long before = ledgerAt();
    try (Closeable rebuild = OutputRebuild.alone(store())) {
      assertThat(rebuild).isNotNull();
      runtime.settle(store());
      assertThat(ledgerAt()).isEqualTo(before);
    }
    runtime.settle(store());
    assertThat(ledgerAt()).isGreaterThan(before);
  }
}
