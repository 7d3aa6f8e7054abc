// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.Producer;
import dev.ringfold.event.EventSkipped;
import dev.ringfold.event.EventType;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionContext;
import dev.ringfold.projections.ProjectionRun;
import dev.ringfold.projections.ProjectionRun.Refused;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every projection has to keep, as tests over real logs: give it a projection and events.
 *
 * <pre>{@code
 * final class MyProjectionContractTest extends ProjectionContract {
 *   protected Projection projection() {
 *     return new MyProjection();
 *   }
 *
 *   protected void publish(EventLog log, int part) {
 *     try (Producer producer = log.producer("test")) {
 *       for (int i = 0; i < 20; i++) {
 *         producer.appendAndAwait(log.stream("s"), new MyEvent(part, i), AckLevel.JOURNAL);
 *       }
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>Compared is the tree of files below the outputs' and the snapshots' directory, byte by byte.
 * The fewer events a commit takes, the more is tested: configure the projection so that a part
 * makes at least two commits.
 */
public abstract class ProjectionContract {
  private static final int DEFAULT_MAX_CRASHES = 200;
  private static final int BATCH = 4_096;

  /** Directory of the tests. */
  @TempDir protected Path directory;

  private ContractStore store;
  private int runs;

  /** For subclasses. */
  @SuppressWarnings("NullAway.Init") // JUnit sets them.
  protected ProjectionContract() {}

  /** A new projection that is not open; every one behaves the same. */
  protected abstract Projection projection();

  /**
   * Publishes some dozen events; parts 0, 1 and 2 differ in what they say, and each call with the
   * same number publishes the same.
   */
  protected abstract void publish(EventLog log, int part);

  /** Types of events to register, besides the built-in ones. */
  protected List<EventType<?>> types() {
    return List.of();
  }

  /**
   * Publishes one event that the projection refuses.
   *
   * @return its sequence, or -1 when it takes everything
   */
  protected long publishPoison(EventLog log) {
    return -1;
  }

  /** Whether a file takes part in comparisons; its path is relative to outputs or snapshots. */
  protected boolean isCompared(Path relative) {
    return true;
  }

  /**
   * Most crashes of one test, each followed by a whole run: when there are more events or fault
   * points, crashes are spread over them evenly.
   */
  protected int maxCrashes() {
    return DEFAULT_MAX_CRASHES;
  }

  /** How many events the test of bounded memory publishes; 0 leaves it out. */
  protected int memoryEvents() {
    return 0;
  }

  /** Publishes many events for the test of bounded memory. */
  protected void publishMany(EventLog log, int count) {
    throw new UnsupportedOperationException("override publishMany together with memoryEvents");
  }

  /** Most bytes the heap may grow by between the first and the second half of many events. */
  protected long memoryGrowthBytes() {
    return 8L << 20;
  }

  /** Makes the store that most tests read. */
  @BeforeEach
  final void publishFirstParts() {
    store = new ContractStore(directory.resolve("store"), types());
    store.publish(log -> publish(log, 0));
    store.publish(log -> publish(log, 1));
  }

  private ContractPlace place() {
    return new ContractPlace(
        directory.resolve("run-" + runs++), this::projection, this::isCompared);
  }

  private Map<String, Object> reference(EventLogReader log) throws IOException {
    return place().finish(log).permanent(log);
  }

  private static long lastSequence(EventLogReader log) {
    long[] last = {-1};
    try (var tailer = log.tailer().open()) {
      while (tailer.poll(event -> last[0] = event.sequence(), BATCH) > 0) {
        continue;
      }
    }
    return last[0];
  }

  /** The same events give the same bytes. */
  @Test
  final void isDeterministic() throws IOException {
    try (EventLogReader log = store.read()) {
      Map<String, Object> first = reference(log);

      assertEquals(first, reference(log));
      assertFalse(place().finish(log).isEmpty(), "nothing was written");
    }
  }

  /** The position is among the commits after a commit, the newest comes first. */
  @Test
  final void namesItsNewestCommitFirst() throws IOException {
    try (EventLogReader log = store.read()) {
      ContractPlace place = place();
      try (ProjectionRun run = place.open(log)) {
        run.advance(Long.MAX_VALUE);
        run.commitIfClean();
        long newest = run.committed().sequence();
        assertTrue(newest >= 0, "no commit was made; give it more events, or smaller commits");
      }
      long reopened;
      try (ProjectionRun run = place.open(log)) {
        reopened = run.committed().sequence();
        run.advance(Long.MAX_VALUE);
        run.commitIfClean();
        assertEquals(reopened, run.committed().sequence(), "position after a second opening");
      }
    }
  }

  /** What was not committed comes again and leaves nothing twice. */
  @Test
  final void eventsThatComeAgainChangeNothing() throws IOException {
    try (EventLogReader log = store.read()) {
      ContractPlace place = place();
      for (int i = 0; i < 3; i++) {
        place.finish(log);
      }

      assertEquals(reference(log), place.permanent(log));
    }
  }

  /** A crash at every event, each on an output of its own. */
  @Test
  final void goesOnAfterACrashAtAnyEvent() throws IOException {
    try (EventLogReader log = store.read()) {
      Map<String, Object> reference = reference(log);
      long last = lastSequence(log);
      for (long crash = 0; crash <= last; crash += stride(last)) {
        ContractPlace place = place();
        ProjectionRun run = place.open(log);
        run.advance(crash);
        end(run, Long.bitCount(crash) % 2 == 0);

        place.finish(log);
        assertEquals(reference, place.permanent(log), "after a crash at sequence " + crash);
      }
    }
  }

  /** One crash after the other on one output, one event further each time. */
  @Test
  final void goesOnAfterManyCrashes() throws IOException {
    try (EventLogReader log = store.read()) {
      ContractPlace place = place();
      long last = lastSequence(log);
      for (long crash = 0; crash <= last; crash += stride(last)) {
        ProjectionRun run = place.open(log);
        run.advance(crash);
        end(run, Long.bitCount(crash) % 2 == 0);
      }
      place.finish(log);

      assertEquals(reference(log), place.permanent(log));
    }
  }

  private long stride(long places) {
    return Math.max(1, places / maxCrashes());
  }

  private static void end(ProjectionRun run, boolean closed) throws IOException {
    if (closed) {
      run.close();
    } else {
      run.abandon();
    }
  }

  /** Death at every fault point that commits, refreshes and openings come to. */
  @Test
  final void goesOnAfterDeathAtAnyFaultPoint() throws IOException {
    try (EventLogReader log = store.read()) {
      Map<String, Object> reference = reference(log);
      AtomicInteger hits = new AtomicInteger();
      assertNull(dieAt(place(), log, hits, Integer.MAX_VALUE));
      int all = hits.get();
      assertTrue(all > 0, "no fault point was hit");
      for (int hit = 1; hit <= all; hit += (int) stride(all)) {
        ContractPlace place = place();
        String point = dieAt(place, log, new AtomicInteger(), hit);
        place.finish(log);
        assertEquals(reference, place.permanent(log), "after death at " + point + ", hit " + hit);
      }
    }
  }

  private static final class Died extends Error {
    private static final long serialVersionUID = 1L;

    Died(String point) {
      super(point);
    }
  }

  /** The name of the point, or null when the run came to its end. */
  private static @org.jspecify.annotations.Nullable String dieAt(
      ContractPlace place, EventLogReader log, AtomicInteger hits, int hit) throws IOException {
    FaultPoint.Hook hook =
        FaultPoint.install(
            point -> {
              if (hits.incrementAndGet() == hit) {
                throw new Died(point);
              }
            });
    try {
      // Neither closed nor abandoned when it dies: that is what a crash leaves.
      ProjectionRun run = place.open(log);
      run.advance(lastSequence(log) / 2);
      run.showAll();
      run.advance(Long.MAX_VALUE);
      run.showAll();
      run.commitIfClean();
      run.close();
      return null;
    } catch (Died died) {
      return died.getMessage();
    } finally {
      hook.close();
    }
  }

  /** It does not matter how many events come at once. */
  @Test
  final void doesNotSeeHowEventsAreBatched() throws IOException {
    try (EventLogReader log = store.read()) {
      ContractPlace place = place();
      try (ProjectionRun run = place.open(log)) {
        for (long next = 0; next <= lastSequence(log); next++) {
          run.advance(next);
        }
        run.commitIfClean();
      }

      assertEquals(reference(log), place.permanent(log));
    }
  }

  /** A refresh makes nothing permanent and changes nothing that becomes so. */
  @Test
  final void aRefreshChangesNothingPermanent() throws IOException {
    try (EventLogReader log = store.read()) {
      ContractPlace refreshed = place();
      ContractPlace plain = place();
      ProjectionRun a = refreshed.open(log);
      ProjectionRun b = plain.open(log);
      long last = lastSequence(log);
      for (long next = 0; next <= last; next++) {
        a.advance(next);
        a.showAll();
        b.advance(next);
      }
      assertEquals(b.committed(), a.committed());
      a.close();
      b.close();

      assertEquals(plain.permanent(log), refreshed.permanent(log));
    }
  }

  /** An output of events that the journal lost goes back to what both have in common. */
  @Test
  final void rollsBackWhenTheJournalHasAnotherTail() throws IOException {
    ContractStore base = new ContractStore(directory.resolve("base"), types());
    base.publish(log -> publish(log, 0));
    ContractStore other = base.copyTo(directory.resolve("other"));
    base.publish(log -> publish(log, 1));
    other.publish(log -> publish(log, 2));
    try (EventLogReader lost = base.read();
        EventLogReader log = other.read()) {
      ContractPlace place = place();
      place.finish(lost);
      ContractPlace shorter = place.copy(directory.resolve("run-" + runs++));
      try (ProjectionRun run = place.open(log)) {
        assertTrue(run.committed().sequence() < lastSequence(log), "it did not roll back");
      }
      place.finish(log);
      assertEquals(reference(log), place.permanent(log));

      // A journal that only lost its tail.
      ContractStore cut = new ContractStore(directory.resolve("cut"), types());
      cut.publish(empty -> assertTrue(empty.lastSequence() >= -1));
      try (EventLogReader nothing = cut.read()) {
        shorter.finish(nothing);
        assertEquals(reference(nothing), shorter.permanent(nothing));
      }
    }
  }

  /** A reset leaves nothing, and the output can be made again. */
  @Test
  final void aResetLeavesNothing() throws IOException {
    try (EventLogReader log = store.read()) {
      Map<String, Object> reference = reference(log);
      ContractPlace place = place();
      try (ProjectionRun run = place.open(log)) {
        run.advance(Long.MAX_VALUE);
        run.showAll();
      }
      Projection closed = projection();
      ProjectionContext context = place.context(log.storeId());
      closed.reset(context);

      assertEquals(List.of(), closed.committed(context));
      assertTrue(place.isEmpty(), () -> "a reset leaves " + place.tree());
      closed.reset(context); // Twice is as good as once.
      place.finish(log);
      assertEquals(reference, place.permanent(log));
    }
  }

  /** An event that is refused leaves nothing of itself. */
  @Test
  final void aRefusedEventLeavesNothing() throws IOException {
    ContractStore poisoned = new ContractStore(directory.resolve("poisoned"), types());
    long[] poison = {-1};
    poisoned.publish(
        log -> {
          publish(log, 0);
          poison[0] = publishPoison(log);
          publish(log, 1);
        });
    assumeTrue(poison[0] >= 0, "it takes every event");
    Map<String, Object> refusing;
    long last;
    try (EventLogReader log = poisoned.read()) {
      last = lastSequence(log);
      ContractPlace place = place();
      try (ProjectionRun run = place.open(log, Refused.LEAVE_OUT)) {
        run.advance(last);
        assertEquals(1, run.refused(), "refused events");
      }
      refusing = place.tree();
    }
    poisoned.publish(log -> skip(log, poison[0]));
    try (EventLogReader log = poisoned.read()) {
      ContractPlace place = place();
      try (ProjectionRun run = place.open(log)) {
        run.advance(last);
      }
      assertEquals(place.tree(), refusing);
    }
  }

  private void skip(EventLog log, long sequence) {
    try (Producer producer = log.producer("contract")) {
      producer.appendAndAwait(
          log.stream("ringfold.projections"),
          new EventSkipped(sequence, projection().name(), "the contract's test"),
          AckLevel.DISK);
    }
  }

  /** More events do not take more memory. */
  @Test
  final void memoryIsBounded() throws IOException {
    int events = memoryEvents();
    assumeTrue(events > 0, "not asked for");
    ContractStore many = new ContractStore(directory.resolve("many"), types());
    many.publish(log -> publishMany(log, events));
    try (EventLogReader log = many.read();
        ProjectionRun run = place().open(log)) {
      long last = lastSequence(log);
      run.advance(last / 2);
      long half = usedHeapBytes();
      run.advance(last);
      long grown = usedHeapBytes() - half;
      assertTrue(
          grown <= memoryGrowthBytes(),
          () -> "the heap grew by " + grown + " bytes over " + events / 2 + " events");
    }
  }

  private static long usedHeapBytes() {
    long least = Long.MAX_VALUE;
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
