// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.index;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.EventView;
import dev.ringfold.Producer;
import dev.ringfold.Stream;
import dev.ringfold.projections.Position;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionContext;
import dev.ringfold.projections.ProjectionRun;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the index costs per event, files included, above a projection that does nothing. */
final class IndexCostTest {
  private static final int EVENTS = Grain.DEFAULT.range();
  private static final int ROUNDS = 4;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path directory;

  private record Cost(double nanos, double bytes) {
    Cost least(Cost other) {
      return new Cost(Math.min(nanos, other.nanos), Math.min(bytes, other.bytes));
    }
  }

  private static final class Nothing implements Projection {
    @Override
    public String name() {
      return "nothing";
    }

    @Override
    public int version() {
      return 1;
    }

    @Override
    public List<Position> committed(ProjectionContext context) {
      return List.of();
    }

    @Override
    public void open(Position position, ProjectionContext context) {
      // There is no output.
    }

    @Override
    public void apply(EventView event) {
      // Only the way here is measured.
    }

    @Override
    public boolean commitDue() {
      return false;
    }

    @Override
    public void commit(Position position) {
      // There is no output.
    }

    @Override
    public boolean dirty() {
      return true;
    }

    @Override
    public void reset(ProjectionContext context) {
      // There is no output.
    }

    @Override
    public void close() {
      // There is no output.
    }
  }

  private Cost drive(EventLogReader log, Projection projection, String place) throws IOException {
    Path at = Files.createDirectories(directory.resolve(place));
    try (ProjectionRun run =
        ProjectionRun.open(
            log,
            projection,
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
  void anEventCostsSomeTensOfNanosecondsAndNoObject() throws IOException {
    Path store = directory.resolve("store");
    try (EventLog log = IndexFixture.builder(store).build();
        Producer producer = log.producer("test")) {
      for (int step = 0; step < EVENTS; step++) {
        Stream stream = log.stream("run-" + step % 3);
        producer.append(stream, IndexFixture.metrics(step), AckLevel.RING);
      }
      producer.appendAndAwait(log.stream("run-0"), IndexFixture.metrics(0), AckLevel.JOURNAL);
    }
    Cost nothing = new Cost(Double.MAX_VALUE, Double.MAX_VALUE);
    Cost index = nothing;
    try (EventLogReader log = IndexFixture.read(store)) {
      for (int round = 0; round < ROUNDS; round++) {
        nothing = nothing.least(drive(log, new Nothing(), "nothing-" + round));
        index = index.least(drive(log, new IndexProjection(Grain.DEFAULT), "index-" + round));
      }
    }
    System.out.printf(
        "nothing %.1f ns, %.2f bytes; index %.1f ns, %.2f bytes: %.1f ns more%n",
        nothing.nanos, nothing.bytes, index.nanos, index.bytes, index.nanos - nothing.nanos);
    // Tables of a range are made once for 262,144 events; the smallest object has 16 bytes.
    assertThat(index.bytes - nothing.bytes).isLessThan(16);
    // About 20 on a quiet machine.
    assertThat(index.nanos - nothing.nanos).isLessThan(120);
  }
}
