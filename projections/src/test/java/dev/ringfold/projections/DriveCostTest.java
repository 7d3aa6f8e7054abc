// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.EventView;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.EventTypes;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the worker's loop costs per event, in CPU time and in bytes of heap. */
final class DriveCostTest {
  private static final int EVENTS = 400_000;
  private static final int ROUNDS = 6;

  @TempDir Path directory;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Counts events of one type. */
  private static final class Counter extends TextProjection {
    private final int type;
    private long count;

    Counter(int type) {
      this.type = type;
    }

    @Override
    public Set<Integer> types() {
      return Set.of(type);
    }

    @Override
    public void apply(EventView event) {
      count++;
    }
  }

  private record Cost(double nanos, double bytes) {}

  private Cost drive(EventLogReader log, Counter counter, Path at) throws IOException {
    try (ProjectionRun run =
        ProjectionRun.open(
            log,
            counter,
            at.resolve("outputs"),
            at.resolve("snapshots"),
            ProjectionRun.Refused.STOP)) {
      long cpu = THREADS.getCurrentThreadCpuTime();
      long bytes = THREADS.getCurrentThreadAllocatedBytes();
      run.advance(EVENTS);
      return new Cost(
          (THREADS.getCurrentThreadCpuTime() - cpu) / (double) EVENTS,
          (THREADS.getCurrentThreadAllocatedBytes() - bytes) / (double) EVENTS);
    }
  }

  @Test
  void anEventCostsNoHeapAndLittleTime() throws IOException {
    Path store = directory.resolve("store");
    try (EventLog log = Logs.builder(store).build()) {
      Logs.appendFast(log, 0, EVENTS);
    }
    Cost unwanted = new Cost(Double.MAX_VALUE, Double.MAX_VALUE);
    Cost dispatched = unwanted;
    try (EventLogReader log = EventLogReader.open(store, EventTypes.builtin())) {
      for (int round = 0; round < ROUNDS; round++) {
        Path at = directory.resolve("at" + round);
        assertThat(at.toFile().mkdirs()).isTrue();
        unwanted = less(unwanted, drive(log, new Counter(BuiltinTypes.TABLE_COMPACTED.id()), at));
        Counter counter = new Counter(BuiltinTypes.METRICS_LOGGED.id());
        dispatched = less(dispatched, drive(log, counter, at));
        assertThat(counter.count).isGreaterThan(EVENTS - 10);
      }
    }
    System.out.printf(
        "unwanted %.1f ns, %.2f bytes; dispatched %.1f ns, %.2f bytes%n",
        unwanted.nanos, unwanted.bytes, dispatched.nanos, dispatched.bytes);
    // The smallest object has 16; opening the projection and the segments is in it.
    assertThat(unwanted.bytes).isLessThan(8);
    assertThat(dispatched.bytes).isLessThan(8);
    // 200 ns are five million events per second, reading the journal included.
    assertThat(unwanted.nanos).isLessThan(200);
  }

  private static Cost less(Cost a, Cost b) {
    return new Cost(Math.min(a.nanos, b.nanos), Math.min(a.bytes, b.bytes));
  }
}
