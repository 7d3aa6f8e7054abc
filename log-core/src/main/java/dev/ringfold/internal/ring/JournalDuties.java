// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.event.ClockTicked;
import dev.ringfold.event.DropReason;
import dev.ringfold.event.Event;
import dev.ringfold.event.HealthChanged;
import dev.ringfold.event.HealthState;
import dev.ringfold.event.LedgerMark;
import dev.ringfold.event.LogClosed;
import dev.ringfold.internal.journal.FrameAssembler;
import dev.ringfold.internal.journal.LogState;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * What the journal thread does between batches: ledger marks, facts that other threads hand in,
 * clock ticks and changes of health. Everything here is an event of the log itself.
 */
public final class JournalDuties {
  /** Facts of other threads (retention, collected blobs) that may wait at one time. */
  private static final int MAX_FACTS = 1_024;

  /** Deadlines that may be asked for at one time. */
  private static final int MAX_TICKS = 65_536;

  private static final long TICK_INTERVAL_NANOS = 1_000_000_000L;
  private static final int FACT_ROOM = 4_096;

  /** A fact on its way and who waits for its sequence. */
  private record Handed(Event fact, CompletableFuture<Long> sequence) {}

  private final LogState state;
  private final int session;
  private final long ledgerIntervalNanos;
  private final FactWriter facts = new FactWriter();
  private final Queue<Handed> handed = new ArrayBlockingQueue<>(MAX_FACTS);
  private final ConcurrentSkipListSet<Long> ticks = new ConcurrentSkipListSet<>();
  private final Recorder frameLatencies = new Recorder(3_600_000_000_000L, 2);

  private volatile boolean rollWanted;
  private final LongAdder frames = new LongAdder();
  private final LongAdder frameBytes = new LongAdder();
  private final LongAdder events = new LongAdder();
  private long nextMarkNanos;
  private long lastTickNanos;
  private LogState.Condition announced = LogState.Condition.OPEN;

  public JournalDuties(LogState state, int session, long ledgerIntervalNanos) {
    this.state = state;
    this.session = session;
    this.ledgerIntervalNanos = ledgerIntervalNanos;
    this.nextMarkNanos = System.nanoTime() + ledgerIntervalNanos;
  }

  int session() {
    return session;
  }

  FactWriter facts() {
    return facts;
  }

  /** Hands in a fact from another thread; the future completes with its sequence when written. */
  public CompletableFuture<Long> handIn(Event fact) {
    CompletableFuture<Long> sequence = new CompletableFuture<>();
    if (!handed.offer(new Handed(fact, sequence))) {
      sequence.completeExceptionally(
          new IllegalStateException("more than " + MAX_FACTS + " facts wait for the journal"));
    }
    return sequence;
  }

  /** Asks for a clock tick at a log time if no frame has come by then; false when too many wait. */
  public boolean requestTick(long logTimeNanos) {
    if (ticks.size() >= MAX_TICKS) {
      return false;
    }
    ticks.add(logTimeNanos);
    return true;
  }

  /** The journal begins a new segment as soon as it can. */
  public void requestRoll() {
    rollWanted = true;
  }

  void perform(JournalThread journal, boolean idle) {
    if (rollWanted) {
      rollWanted = false;
      journal.writer().requestRoll();
    }
    if (!handed.isEmpty()) {
      writeHanded(journal);
    }
    LogState.Condition now = state.condition();
    if (now != announced) {
      announce(journal, now);
    }
    if (idle || !ticks.isEmpty()) {
      tickWhenDue(journal);
    }
    long nanos = System.nanoTime();
    if (nanos - nextMarkNanos >= 0) {
      nextMarkNanos = nanos + ledgerIntervalNanos;
      declareTails(journal);
      writeMarks(journal, false);
      journal.flushFacts();
    }
  }

  private void writeHanded(JournalThread journal) {
    Handed next = handed.poll();
    while (next != null) {
      if (!journal.writer().hasRoomForOwn(FACT_ROOM)) {
        next.sequence.completeExceptionally(
            new dev.ringfold.DiskFullException("No room for the log's own fact " + next.fact));
      } else {
        journal.addFact(next.fact);
        journal.flushFacts();
        next.sequence.complete(journal.writer().nextSequence() - 1);
      }
      next = handed.poll();
    }
  }

  private void announce(JournalThread journal, LogState.Condition now) {
    if (state.isClosing()
        || now == LogState.Condition.FAILED
        || !journal.writer().hasRoomForOwn(FACT_ROOM)) {
      return;
    }
    journal.addFact(new HealthChanged(health(announced), health(now), state.reason()));
    journal.flushFacts();
    announced = now;
  }

  private static HealthState health(LogState.Condition condition) {
    return switch (condition) {
      case OPEN, CLOSING, CLOSED -> HealthState.OPEN;
      case LOW -> HealthState.LOW;
      case FULL -> HealthState.FULL;
      case FAILED -> HealthState.FAILED;
    };
  }

  /** A tick is written at the earliest deadline, at most one a second, only if no frame came. */
  private void tickWhenDue(JournalThread journal) {
    Long earliest = ticks.isEmpty() ? null : ticks.first();
    if (earliest == null) {
      return;
    }
    if (journal.writer().lastLogTime() >= earliest) {
      ticks.headSet(journal.writer().lastLogTime(), true).clear();
      return;
    }
    long now = journal.writer().logTimeNow();
    if (now >= earliest
        && now - lastTickNanos >= TICK_INTERVAL_NANOS
        && journal.writer().hasRoomForOwn(FACT_ROOM)) {
      lastTickNanos = now;
      journal.addFact(new ClockTicked());
      journal.flushFacts();
    }
  }

  /** Drops that nothing came after: certain once the producer's own count explains all of them. */
  private static void declareTails(JournalThread journal) {
    if (!journal.ringIsEmpty()) {
      return;
    }
    ProducerLedger ledger = journal.ledger();
    for (int id = 1; id <= journal.producers().highest(); id++) {
      ProducerHandle handle = journal.producers().handle(id);
      if (handle == null) {
        continue;
      }
      long dropped = handle.dropped(); // Before offered: then equality leaves nothing in flight.
      long offered = handle.offered();
      long tail = offered - ledger.offered(id);
      if (tail > 0 && tail == dropped - ledger.refusedByProducer(id)) {
        ledger.addGap(id, tail, 0, handle.lastReason());
      }
    }
  }

  private void writeMarks(JournalThread journal, boolean closing) {
    ProducerLedger ledger = journal.ledger();
    if (!journal.writer().hasRoomForOwn(FACT_ROOM * (1 + ledger.pendings() / 32))) {
      return;
    }
    journal.flushFacts(); // Declares pending drops: a mark must balance.
    for (int id = 1; id <= journal.producers().highest(); id++) {
      ProducerHandle handle = journal.producers().handle(id);
      if (handle != null && (closing || ledger.isUnmarked(id))) {
        journal.addFact(mark(ledger, handle, closing));
        ledger.marked(id);
      }
    }
  }

  private LedgerMark mark(ProducerLedger ledger, ProducerHandle handle, boolean closing) {
    int id = handle.id();
    return new LedgerMark(
        session,
        id,
        handle.nameId(),
        ledger.offered(id),
        ledger.stored(id),
        ledger.dropped(id),
        false,
        closing);
  }

  /**
   * The last facts of a session: whatever was offered and never arrived, marks, the end. The ring
   * is sealed and read: what is counted here and did not arrive will not.
   */
  void close(JournalThread journal) {
    writeHanded(journal);
    ProducerLedger ledger = journal.ledger();
    for (int id = 1; id <= journal.producers().highest(); id++) {
      ProducerHandle handle = journal.producers().handle(id);
      if (handle != null) {
        long dropped = handle.dropped();
        long tail = handle.offered() - ledger.offered(id);
        if (tail > 0) {
          // More than was counted as dropped: some are just finding the ring sealed.
          boolean told = tail == dropped - ledger.refusedByProducer(id);
          ledger.addGap(id, tail, 0, told ? handle.lastReason() : DropReason.CLOSED);
        }
      }
    }
    writeMarks(journal, true);
    if (journal.writer().hasRoomForOwn(FACT_ROOM)) {
      journal.addFact(new LogClosed(session));
    }
  }

  void frameWritten(FrameAssembler frame, long nanos) {
    frames.increment();
    frameBytes.add(frame.length());
    events.add(frame.count());
    frameLatencies.recordValue(Math.max(0, nanos));
  }

  /** Frames of events written in this session. */
  public long frames() {
    return frames.sum();
  }

  /** Their bytes. */
  public long frameBytes() {
    return frameBytes.sum();
  }

  /** Events written in this session. */
  public long events() {
    return events.sum();
  }

  /** Durations of frame writes since the last call, nanoseconds. */
  public Histogram drainFrameLatencies() {
    return frameLatencies.getIntervalHistogram();
  }
}
