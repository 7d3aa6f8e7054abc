// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.ringfold.LogOption;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The typed forms allocate nothing in the training loop's thread. */
@Timeout(120)
final class LoggerFootprintTest {
  private static final int ROWS = 200_000;

  /** What the measurement itself may need, far below a byte per row. */
  private static final long NOISE_BYTES = 4_096;

  @TempDir Path directory;

  private MetricsLogger open() {
    return MetricsLogger.builder(directory.resolve("store"))
        .budgetUsd(1e12)
        .log(JournalRows::small)
        .log(builder -> builder.set(LogOption.SEGMENT_BYTES, 256L << 20))
        .open();
  }

  private static long allocatedBy(IntConsumer row) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < ROWS; i++) {
      row.accept(i);
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < ROWS; i++) {
      row.accept(i);
    }
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  @Test
  void trainingRowsWithAllMetricsAllocateNothing() {
    String[] backends = {"ionq.simulator", new String("ionq.qpu"), "local"};
    try (MetricsLogger logger = open()) {
      long bytes =
          allocatedBy(
              i ->
                  logger
                      .step(i >> 8, i)
                      .trainLoss(1.0 / (i + 1))
                      .valLoss(i)
                      .gradNorm(i)
                      .gradMax(i)
                      .gradMin(i)
                      .circuitExecutionTimeMs(i)
                      .circuitsExecuted(i)
                      .qubitsUsed(8)
                      .shotsPerCircuit(1_000)
                      .backend(backends[i % 3])
                      .queueTimeMs(i)
                      .costUsd(0.25)
                      .creditsUsed(0.5)
                      .batchTimeMs(i)
                      .throughputSamplesPerSec(i)
                      .log());

      assertThat(bytes).as("bytes by %d rows", ROWS).isLessThan(NOISE_BYTES);
      assertThat(logger.stats().offered()).isEqualTo(2L * ROWS);
      assertThat(logger.stats().costs().costUsd()).isPositive();
    }
  }

  @Test
  void rowsOfAnOwnLayoutAllocateNothing() {
    MetricLayout layout =
        MetricLayout.builder()
            .doubles("a", "b", "cost_usd")
            .column("n", MetricType.LONG)
            .column("ok", MetricType.BOOLEAN)
            .column("phase", MetricType.STRING)
            .build();
    try (MetricsLogger logger = open()) {
      LayoutRow row = logger.row(layout);
      long bytes =
          allocatedBy(
              i -> {
                row.step(0, i).set(0, i * 0.5).set(1, (double) i).set(2, 0.01).set(3, (long) i);
                row.set(4, (i & 1) == 0).set(5, (i & 2) == 0 ? "warm" : "cold").log();
              });

      assertThat(bytes).as("bytes by %d rows", ROWS).isLessThan(NOISE_BYTES);
    }
  }
}
