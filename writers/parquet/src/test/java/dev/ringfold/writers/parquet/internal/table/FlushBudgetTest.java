// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.writers.parquet.FlushPolicy;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FlushBudgetTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final long STEP = Duration.ofMillis(10).toNanos();

  private long now = 1_000 * SECOND;
  private final TableClocks clocks = new TableClocks(() -> now, () -> 0, Clock.systemUTC());

  private FlushBudget budget(FlushPolicy policy) {
    return new FlushBudget(clocks, policy);
  }

  @Test
  void aGroupThatEndedAsks() {
    FlushBudget budget = budget(FlushPolicy.DEFAULT);
    assertThat(budget.isDue(100)).isFalse();
    budget.added();
    assertThat(budget.isDue(100)).isTrue();
  }

  @Test
  void aGroupEndsAtItsAgeOrItsNumber() {
    RowGroups groups = new RowGroups();
    assertThat(groups.dueAtNanos(0, FlushPolicy.DEFAULT)).isEqualTo(Long.MAX_VALUE);
    groups.added(0, 5 * SECOND);
    assertThat(groups.dueAtNanos(99, FlushPolicy.DEFAULT)).isEqualTo(15 * SECOND - SECOND / 5);
    assertThat(groups.dueAtNanos(100, FlushPolicy.DEFAULT))
        .isEqualTo(5 * SECOND + RowGroups.MIN_AGE_NANOS);
    groups.end(100);
    assertThat(groups.dueAtNanos(100, FlushPolicy.DEFAULT)).isEqualTo(Long.MAX_VALUE);
    groups.added(100, 7 * SECOND);
    assertThat(groups.dueAtNanos(110, FlushPolicy.LOW_LATENCY))
        .isEqualTo(7 * SECOND + SECOND * 4 / 5);
  }

  @Test
  void atMostOneFlushASecond() {
    FlushBudget budget = budget(FlushPolicy.DEFAULT);
    budget.added();
    budget.flushed(100, 10_000, now, 0);
    budget.added();
    now += SECOND - 1;
    assertThat(budget.isDue(1_000)).isFalse();
    now += 1;
    assertThat(budget.isDue(1_000)).isTrue();
  }

  @Test
  void atMostFivePercentOfACore() {
    FlushBudget budget = budget(FlushPolicy.DEFAULT);
    budget.added();
    budget.flushed(100, 10_000, now, 2 * SECOND);
    budget.added();
    now += 30 * SECOND - 1; // Half a second had been saved.
    assertThat(budget.isDue(1_000)).isFalse();
    now += 1;
    assertThat(budget.isDue(1_000)).isTrue();

    budget.flushed(200, 10_000, now, 2 * SECOND);
    budget.added();
    now += 40 * SECOND - 1;
    assertThat(budget.isDue(1_000)).isFalse();
    now += 1;
    assertThat(budget.isDue(1_000)).isTrue();
  }

  @Test
  void aFirstFlushOfCodeThatIsNotCompiledDelaysNobody() {
    FlushBudget budget = budget(FlushPolicy.LOW_LATENCY);
    budget.added();
    budget.flushed(1, 8_192, now, FlushBudget.SAVED_CPU_NANOS_MAX);
    budget.added();
    now += Duration.ofMillis(800).toNanos();
    assertThat(budget.isDue(2)).isTrue();
  }

  @Test
  void lowLatencyIsVisibleWithinItsSecond() {
    FlushBudget budget = budget(FlushPolicy.LOW_LATENCY);
    budget.added();
    budget.flushed(1, 8_192, now, 0);
    budget.added();
    now += Duration.ofMillis(800).toNanos();
    assertThat(budget.isDue(2)).isTrue();
  }

  @Test
  void atMostTenBytesPerByteSealedAtAnyRate() {
    for (FlushPolicy policy :
        new FlushPolicy[] {FlushPolicy.DEFAULT, FlushPolicy.LOW_LATENCY, FlushPolicy.THROUGHPUT}) {
      for (int rowsPerSecond : new int[] {1, 100, 2_000, 20_000, 200_000}) {
        Simulation simulation = new Simulation(policy, rowsPerSecond);
        simulation.run(Duration.ofMinutes(30).toNanos());
        assertThat(simulation.writtenPerSealed())
            .as("%s at %s rows/s", policy, rowsPerSecond)
            .isLessThanOrEqualTo(10.0);
        assertThat(simulation.longestWaitNanos / (double) policy.nanos())
            .as("longest wait with %s at %s rows/s", policy, rowsPerSecond)
            .isLessThan(1.35);
      }
    }
  }

  /** Rows at a steady rate, flushed when due and sealed at their age or number. */
  private final class Simulation {
    private static final int PART_BYTES = 8_000;
    private static final int ROW_BYTES = 45;

    private final FlushPolicy policy;
    private final int rowsPerSecond;
    private final FlushBudget budget;
    private long longestWaitNanos;

    Simulation(FlushPolicy policy, int rowsPerSecond) {
      this.policy = policy;
      this.rowsPerSecond = rowsPerSecond;
      this.budget = budget(policy);
    }

    void run(long nanos) {
      long begin = now;
      double rows = 0;
      long firstRow = 0;
      long waitingSince = 0;
      RowGroups groups = new RowGroups();
      int visible = 0;
      while (now - begin < nanos) {
        now += STEP;
        int before = (int) rows;
        rows += rowsPerSecond * (STEP / 1e9);
        if ((int) rows > before) {
          groups.added(before, now);
          firstRow = before == 0 ? now : firstRow;
          waitingSince = before == visible ? now : waitingSince;
        }
        if ((int) rows > visible) {
          longestWaitNanos = Math.max(longestWaitNanos, now - waitingSince);
        }
        if (now >= groups.dueAtNanos((int) rows, policy)) {
          groups.end((int) rows);
          budget.added();
        }
        boolean aged = rows >= 1 && now - firstRow >= 10 * policy.nanos();
        if (rows >= 131_072 || aged) {
          budget.sealed(PART_BYTES + (long) rows * ROW_BYTES);
          rows = 0;
          visible = 0;
          groups.clear();
        } else if (budget.isDue(groups.endedRows())) {
          visible = groups.endedRows();
          long bytes = PART_BYTES + (long) visible * ROW_BYTES;
          budget.flushed(visible, bytes, now, visible * 500L);
          waitingSince = now;
        }
      }
    }

    double writtenPerSealed() {
      return budget.flushedBytes() / (double) budget.sealedBytes();
    }
  }
}
