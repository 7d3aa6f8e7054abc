// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import dev.ringfold.AckLevel;
import dev.ringfold.DiskFullException;
import dev.ringfold.LogClosedException;
import dev.ringfold.LogFailedException;
import dev.ringfold.RingfoldException;
import dev.ringfold.event.DropReason;
import dev.ringfold.event.DropsObserved;
import dev.ringfold.internal.jfr.DropsDeclared;
import dev.ringfold.internal.jfr.FrameWritten;
import dev.ringfold.internal.journal.Dictionary;
import dev.ringfold.internal.journal.Forcer;
import dev.ringfold.internal.journal.FrameAssembler;
import dev.ringfold.internal.journal.JournalWriter;
import dev.ringfold.internal.journal.LogState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The thread {@code ringfold-journal}: empties the ring into frames and writes a frame when it is
 * full or the ring is empty. It alone assigns sequences, so every decision that depends on the
 * order of events is taken here.
 *
 * <p>One record: check its ordinal against the ledger, decide its expectations, copy its bytes into
 * the frame. One frame: declare drops, checksum, one Chronicle document, acknowledge. Between
 * batches it looks after the ledger's marks, facts from other threads and clock ticks.
 */
public final class JournalThread implements Runnable {
  private static final int MAX_EVENTS = 256;
  private static final int FACT_ROOM = 4_096;
  private static final long HOT_NANOS = 200_000L;

  /** While the log is closing the deadline is looked at after so many slots. */
  private static final long DRAIN_SLOTS = 1_024;

  /** While this thread forces, nobody empties the ring: on a slower disk another thread does it. */
  private static final long INLINE_NANOS_MAX = 1_000_000L;

  private final EventRing ring;
  private final SequenceBarrier barrier;
  private final Sequence consumed = new Sequence(-1L);
  private final JournalWriter writer;
  private final Forcer forcer;
  private final LogState state;
  private final AppendGate gate;
  private final ProducerLedger ledger = new ProducerLedger();
  private final ProducerTable producers;
  private final Dictionary dictionary;
  private final DictionaryFrames dictionaryFrames;
  private final DiskAcks diskAcks;
  private final ForceGathering gathering = new ForceGathering();
  private final AckThread acks;
  private final JournalDuties duties;
  private final SpaceGuard space;
  private final Runnable onFailure;

  private final FrameAssembler frame;
  private final List<PendingAppend> framePendings = new ArrayList<>();
  private long frameLogTimeNanos;
  private volatile boolean stopping;
  private volatile boolean drained;
  private volatile long drainDeadlineNanos;
  private boolean late;
  private long turnedAway; // Read by others when the thread has ended.

  JournalThread(
      EventRing ring,
      JournalWriter writer,
      Forcer forcer,
      LogState state,
      AppendGate gate,
      ProducerTable producers,
      Dictionary dictionary,
      DictionaryFrames dictionaryFrames,
      DiskAcks diskAcks,
      AckThread acks,
      JournalDuties duties,
      SpaceGuard space,
      Runnable onFailure) {
    this.ring = ring;
    this.barrier = ring.newBarrier();
    this.writer = writer;
    this.forcer = forcer;
    this.state = state;
    this.gate = gate;
    this.producers = producers;
    this.dictionary = dictionary;
    this.dictionaryFrames = dictionaryFrames;
    this.diskAcks = diskAcks;
    this.acks = acks;
    this.duties = duties;
    this.space = space;
    this.onFailure = onFailure;
    this.frame = new FrameAssembler(writer.maxFrameBytes());
  }

  @Override
  public void run() {
    try {
      loop();
    } catch (Throwable e) {
      fail("the journal thread failed: " + e, e);
      drainAsFailed();
    } finally {
      drained = true;
    }
  }

  private void loop() throws Exception {
    long next = 0;
    while (!stopping && !hasFailed()) {
      next = turn(next, Long.MAX_VALUE);
    }
    if (!hasFailed()) {
      drain(next);
    }
    if (hasFailed()) {
      drainAsFailed();
      return;
    }
    closeLedger();
  }

  private boolean hasFailed() {
    return state.condition() == LogState.Condition.FAILED;
  }

  /** One batch, which ends soon behind a slot, and the other duties; returns the next slot. */
  private long turn(long first, long last) throws Exception {
    long available = Math.min(last, barrier.waitFor(first));
    if (hasFailed()) {
      return first;
    }
    long next = first;
    if (available >= next) {
      // Read after the barrier: every name used by a published slot is in the dictionary by now.
      writeDictionary();
      next = process(next, available);
    }
    forceWhenDue();
    duties.perform(this, available < next);
    return next;
  }

  /** What the sealed ring holds is all there will be: it is stored, or turned away when late. */
  private void drain(long first) throws Exception {
    ring.seal();
    long next = first;
    while (next <= ring.cursor() && !hasFailed()) {
      late = System.nanoTime() - drainDeadlineNanos >= 0;
      next = turn(next, next + DRAIN_SLOTS);
    }
  }

  private long process(long first, long available) {
    long slotSequence = first;
    while (slotSequence <= available) {
      Slot slot = ring.slot(slotSequence);
      int slots = slot.slotCount;
      accept(slot, slotSequence);
      slotSequence += slots;
    }
    flush();
    consumedTo(slotSequence - 1);
    acknowledge();
    return slotSequence;
  }

  private void consumedTo(long slotSequence) {
    consumed.set(slotSequence);
    ring.release(slotSequence);
  }

  private void accept(Slot slot, long slotSequence) {
    int producer = slot.producer;
    int events = slot.eventCount;
    if (events == 0) {
      return; // Its encoding failed after the claim; the next record's ordinal declares it.
    }
    int offset = ring.offsetOf(slotSequence);
    int stream = EventHeader.stream(ring.memory(), offset);
    ProducerHandle handle = producers.handle(producer);
    ledger.arrive(
        producer,
        slot.ordinal,
        events,
        stream,
        handle == null ? DropReason.RING_FULL : handle.lastReason());
    if (needsFlush(slot.length, events)) {
      flush();
      consumedTo(slotSequence - 1);
    }
    DropReason refused =
        late ? DropReason.CLOSED : space.refuse(writer, frame.length() + slot.length);
    PendingAppend pending = slot.pending;
    if (refused == null && pending != null) {
      refused = gate.refuse(pending);
    }
    slot.pending = null; // Not before: what throws above leaves it to those who fail the ring.
    if (refused != null) {
      refuse(slot, stream, pending, refused);
      return;
    }
    store(slot, offset, pending);
  }

  private boolean needsFlush(int length, int events) {
    return !frame.isEmpty() && (frame.count() + events > MAX_EVENTS || !frame.fits(length))
        || ledger.isPendingNearlyFull();
  }

  private void refuse(Slot slot, int stream, @Nullable PendingAppend pending, DropReason reason) {
    ledger.reject(slot.producer, slot.eventCount, stream, reason);
    turnedAway += reason == DropReason.CLOSED ? 1 : 0;
    if (pending == null) {
      return;
    }
    if (reason == DropReason.DISK_FULL) {
      pending.failure = new DiskFullException(space.message());
    } else if (reason == DropReason.CLOSED) {
      pending.failure =
          new LogClosedException("The log was closed before the event's turn; nothing was stored.");
    }
    // What it was decided by may only be in memory: a repeat is told when its first is written.
    framePendings.add(pending);
  }

  private void store(Slot slot, int offset, @Nullable PendingAppend pending) {
    if (frame.isEmpty()) {
      frameLogTimeNanos = writer.logTimeNow();
    }
    long sequence = writer.nextSequence() + frame.count();
    int start = frame.length();
    int length = slot.length;
    byte[] memory = ring.memory();
    int head = Math.min(length, memory.length - offset);
    frame.add(memory, offset, head, slot.eventCount);
    if (head < length) {
      frame.add(memory, 0, length - head, 0);
    }
    int at = start;
    for (int i = 0; i < slot.eventCount; i++) {
      gate.stored(frame.bytes(), at, sequence + i);
      at += EventHeader.length(frame.bytes(), at);
    }
    ledger.store(slot.producer, slot.eventCount);
    if (pending != null) {
      if (pending.keyed) {
        gate.storedKey(pending, sequence, slot.eventCount, frameLogTimeNanos);
      }
      pending.stored(sequence, slot.eventCount, frameLogTimeNanos);
      framePendings.add(pending);
    }
  }

  /** Writes what is in the frame, with the drops seen so far declared behind it. */
  private void flush() {
    if (ledger.pendings() > 0) {
      declareDrops();
    }
    if (!frame.isEmpty()) {
      writeOut();
    }
  }

  private void declareDrops() {
    if (!writer.hasRoomForOwn(frame.length() + FACT_ROOM)) {
      return; // They stay remembered until the disk has room again.
    }
    if (frame.isEmpty()) {
      frameLogTimeNanos = writer.logTimeNow();
    }
    for (int i = 0; i < ledger.pendings(); i++) {
      DropsObserved drops = ledger.pending(i, duties.session());
      addFact(drops);
      DropsDeclared.emit(drops.producer(), drops.count(), drops.reason().name());
    }
    ledger.clearPending();
  }

  /** Adds a fact of the log itself; what does not fit starts a new frame. */
  void addFact(dev.ringfold.event.Event fact) {
    if (frame.isEmpty()) {
      frameLogTimeNanos = writer.logTimeNow();
    }
    if (!duties.facts().add(frame, fact, frameLogTimeNanos)) {
      writeOut();
      frameLogTimeNanos = writer.logTimeNow();
      if (!duties.facts().add(frame, fact, frameLogTimeNanos)) {
        throw new AssertionError("a fact larger than a frame: " + fact);
      }
    }
    gate.versions().increment(0);
  }

  private void writeOut() {
    FrameWritten recorded = FrameWritten.begun();
    long started = System.nanoTime();
    long first = writer.writeEvents(frame, frameLogTimeNanos);
    duties.frameWritten(frame, System.nanoTime() - started);
    if (recorded != null) {
      recorded.done(first, frame.count(), frame.length());
    }
    frame.clear();
    if (gate.wantsRoll()) {
      writer.requestRoll();
    }
    writer.rollWhenDue();
  }

  /** Writes facts that were added outside a batch. */
  void flushFacts() {
    flush();
    acknowledge();
  }

  private void acknowledge() {
    if (framePendings.isEmpty()) {
      return;
    }
    long diskWanted = -1;
    for (int i = 0; i < framePendings.size(); i++) {
      PendingAppend pending = framePendings.get(i);
      if (pending.level == AckLevel.DISK && pending.lastSequence > forcer.durableSequence()) {
        diskAcks.add(pending);
        diskWanted = Math.max(diskWanted, pending.lastSequence);
      } else {
        acks.completed(pending);
      }
    }
    framePendings.clear();
    acks.flush();
    long now = System.nanoTime();
    if (diskWanted >= 0) {
      gathering.want(diskWanted, now);
      forceWhenDue();
    }
    ring.waiting().stayHot(now + HOT_NANOS);
  }

  private void forceWhenDue() {
    if (!gathering.isWanted()) {
      return;
    }
    gathering.durable(forcer.durableSequence());
    long now = System.nanoTime();
    if (gathering.isDue(diskAcks.size(), diskAcks.expected(), forcer.forceNanos(), now)) {
      requestForce();
    }
    ring.waiting().gather(gathering.isWanted());
  }

  /** With an empty ring and a fast disk, forcing here saves two thread switches. */
  private void requestForce() {
    long sequence = gathering.take();
    boolean here = ring.cursor() == consumed.get() && forcer.forceNanos() <= INLINE_NANOS_MAX;
    if (!here || !forcer.tryForce()) {
      forcer.request(sequence);
    }
  }

  private void writeDictionary() {
    if (dictionary.size() > dictionaryFrames.written()) {
      dictionaryFrames.writeNew(writer);
    }
  }

  /** The closing marks of every producer, and the last word. */
  private void closeLedger() {
    if (gathering.isWanted()) {
      requestForce();
    }
    writeDictionary();
    duties.close(this);
    flushFacts();
  }

  /** Ledger, producers and journal, for the duties. */
  ProducerLedger ledger() {
    return ledger;
  }

  ProducerTable producers() {
    return producers;
  }

  JournalWriter writer() {
    return writer;
  }

  boolean ringIsEmpty() {
    return ring.cursor() == consumed.get();
  }

  private void fail(String reason, Throwable cause) {
    state.fail(reason, cause);
    onFailure.run();
  }

  /** After a failure: nothing is written any more, and nobody waits for ever. */
  private void drainAsFailed() {
    RingfoldException failure =
        new LogFailedException("The log has failed: " + state.reason(), state.cause());
    for (PendingAppend pending : framePendings) {
      pending.decided = null;
      pending.failure = failure;
      acks.completed(pending);
    }
    framePendings.clear();
    diskAcks.failAll(failure);
    frame.clear();
    new FailedRing(ring, consumed, acks, failure).drainUntil(() -> stopping);
  }

  /**
   * Ends the thread when the ring is empty; what is left in it at the deadline is declared as
   * dropped and its callers are told. The log is closing, so that producers offer nothing new.
   */
  public void stop(long deadlineNanos) {
    drainDeadlineNanos = deadlineNanos;
    space.giveUpAt(deadlineNanos);
    stopping = true;
    ring.wakeJournal();
  }

  /** Whether the thread has ended. */
  public boolean isEnded() {
    return drained;
  }

  /** Records that were left in the ring at the deadline. */
  long turnedAway() {
    return turnedAway;
  }

  /** Slots that are published and not yet in the journal. */
  public long backlog() {
    return Math.max(0, ring.cursor() - consumed.get());
  }
}
