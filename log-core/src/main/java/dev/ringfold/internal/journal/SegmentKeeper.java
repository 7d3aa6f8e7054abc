// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.DiskFullException;
import dev.ringfold.RingfoldException;
import dev.ringfold.internal.io.DiskSpace;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything about segments that must not happen in the journal thread, done by the thread {@code
 * ringfold-segments}: allocating blocks ahead of the journal, preparing the next segment, watching
 * the disk's free space, sealing finished segments and hashing them.
 *
 * <p>Hashing a sealed segment costs a second of CPU per gigabyte, so it is done at most a tenth of
 * the time; the CRC chain protects a segment until its hash is in the manifest.
 */
public final class SegmentKeeper implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentKeeper.class);

  private static final long CYCLE_NANOS = 10_000_000L;
  private static final long IDLE_CYCLE_NANOS = 100_000_000L;
  private static final long SPACE_CHECK_NANOS = 100_000_000L;
  private static final long AHEAD_BYTES_MIN = 8L << 20;
  private static final long SMALL_STEP_BYTES = 1L << 20;
  private static final long HASH_DUTY = 10;

  private final Path store;
  private final JournalSettings settings;
  private final LogState state;
  private final DiskSpace space;
  private final SegmentSealer sealer;
  private final Map<Long, SegmentWriter> unsealed = new ConcurrentHashMap<>();
  private final Queue<SegmentWriter> toSeal = new ConcurrentLinkedQueue<>();

  private volatile @Nullable SegmentWriter current;
  private volatile @Nullable SegmentWriter prepared;
  private volatile boolean prepareWanted;
  private volatile boolean outOfSpace;
  private volatile boolean running = true;
  private volatile @Nullable Thread thread;
  private final LongAdder allocationRounds = new LongAdder();
  private long lastPosition;
  private long lastSpaceCheckNanos;
  private long hashNotBeforeNanos;

  public SegmentKeeper(
      Path store,
      JournalSettings settings,
      LogState state,
      DiskSpace space,
      SegmentSealer sealer) {
    this.store = store;
    this.settings = settings;
    this.state = state;
    this.space = space;
    this.sealer = sealer;
  }

  /** Creates a segment now, in the caller's thread; used at open. */
  public SegmentWriter createFirst(long number) {
    SegmentWriter writer = create(number);
    unsealed.put(number, writer);
    current = writer;
    return writer;
  }

  private SegmentWriter create(long number) {
    return SegmentWriter.create(
        store, number, settings.blockBytes(), settings.initialAllocationBytes());
  }

  /** Journal thread: takes the prepared segment, or null when there is none yet. */
  @Nullable SegmentWriter takePrepared() {
    SegmentWriter next = prepared;
    if (next == null) {
      prepareSoon();
      return null;
    }
    prepared = null;
    prepareWanted = false;
    unsealed.put(next.number(), next);
    current = next;
    return next;
  }

  /** Journal thread: a roll is near. */
  void prepareSoon() {
    if (!prepareWanted) {
      prepareWanted = true;
      wake();
    }
  }

  /** The force thread is done with this segment. */
  void seal(SegmentWriter finished) {
    toSeal.add(finished);
    wake();
  }

  /** The last attempt to allocate failed: the disk is full, or below the floor. */
  public boolean outOfSpace() {
    return outOfSpace;
  }

  /** The writer of a segment that is not sealed yet, or null. */
  @Nullable SegmentWriter writerOf(long number) {
    return unsealed.get(number);
  }

  /** Bytes written to a segment that is not sealed yet; 0 when it is. */
  public long writtenBytes(long number) {
    SegmentWriter writer = unsealed.get(number);
    return writer == null ? 0 : writer.writtenPosition();
  }

  /** Counts attempts to allocate, so that the journal thread can wait for the next one. */
  public long allocationRounds() {
    return allocationRounds.sum();
  }

  /** Asks for a round now. */
  public void wake() {
    LockSupport.unpark(thread);
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    while (running) {
      boolean busy = cycle();
      LockSupport.parkNanos(this, busy ? CYCLE_NANOS : IDLE_CYCLE_NANOS);
    }
    drainSealQueue();
  }

  private boolean cycle() {
    try {
      checkSpace();
      boolean grew = allocateAhead();
      prepareNext();
      boolean sealed = drainSealQueue();
      return grew || sealed || hashOne();
    } catch (RingfoldException e) {
      LOG.warn("Background work on segments of {} failed; it will be tried again", store, e);
      return false;
    } catch (RuntimeException | Error e) {
      state.fail("the segments thread failed: " + e, e);
      return false;
    }
  }

  private void checkSpace() {
    long now = System.nanoTime();
    if (now - lastSpaceCheckNanos < SPACE_CHECK_NANOS) {
      return;
    }
    lastSpaceCheckNanos = now;
    long usable = space.usableBytes();
    if (outOfSpace) {
      state.space(
          LogState.Condition.FULL, "the disk is full: " + usable + " bytes are usable at " + store);
    } else if (usable < settings.lowSpaceBytes()) {
      state.space(
          LogState.Condition.LOW,
          usable + " bytes are usable at " + store + ", below " + settings.lowSpaceBytes());
    } else {
      state.space(LogState.Condition.OPEN, "");
    }
  }

  /** Keeps allocated bytes ahead of the journal: at least 8 MiB, more when it is fast. */
  private boolean allocateAhead() {
    SegmentWriter writer = current;
    if (writer == null) {
      return false;
    }
    long position = writer.writtenPosition();
    long grown = Math.max(0, position - lastPosition);
    lastPosition = position;
    long ahead = Math.max(AHEAD_BYTES_MIN, 4 * grown);
    long wanted =
        position + settings.reserveBytes() + SegmentWriter.INDEX_SLACK_BYTES + ahead;
    if (wanted > writer.allocatedLimit()) {
      extend(writer, wanted + ahead);
    } else if (outOfSpace) {
      outOfSpace = false;
    }
    allocationRounds.increment();
    return grown > 0;
  }

  private void extend(SegmentWriter writer, long limit) {
    long missing = limit - writer.allocatedLimit();
    long usable = space.usableBytes();
    if (usable - missing >= settings.fullSpaceBytes() && writer.allocate(limit)) {
      outOfSpace = false;
      return;
    }
    boolean small =
        usable - SMALL_STEP_BYTES >= settings.fullSpaceBytes()
            && writer.allocate(writer.allocatedLimit() + SMALL_STEP_BYTES);
    outOfSpace = !small;
  }

  private void prepareNext() {
    if (!prepareWanted || prepared != null || outOfSpace) {
      return;
    }
    SegmentWriter writer = current;
    if (writer == null
        || space.usableBytes() - settings.initialAllocationBytes() < settings.fullSpaceBytes()) {
      return; // The open segment goes on growing until there is room for another one.
    }
    try {
      prepared = create(writer.number() + 1);
    } catch (DiskFullException e) {
      sealer.discard(writer.number() + 1);
    }
  }

  private boolean drainSealQueue() {
    boolean any = false;
    SegmentWriter writer = toSeal.poll();
    while (writer != null) {
      sealer.seal(writer);
      unsealed.remove(writer.number());
      any = true;
      writer = toSeal.poll();
    }
    return any;
  }

  private boolean hashOne() {
    long now = System.nanoTime();
    if (now < hashNotBeforeNanos) {
      return false;
    }
    long started = now;
    boolean hashed = sealer.hashOldestUnhashed(() -> running);
    long ended = System.nanoTime();
    hashNotBeforeNanos = ended + (ended - started) * HASH_DUTY;
    return hashed;
  }

  /** Ends the thread; a prepared segment that was never begun is removed. */
  public void stop() {
    running = false;
    wake();
  }

  /** After the thread has ended: removes the prepared segment. */
  public void discardPrepared() {
    SegmentWriter next = prepared;
    prepared = null;
    if (next != null) {
      next.close();
      sealer.discard(next.number());
    }
  }

  /** What a refused caller is told. */
  public String spaceMessage() {
    return "The disk of "
        + store
        + " is full: "
        + space.usableBytes()
        + " bytes are usable, "
        + settings.fullSpaceBytes()
        + " must stay free. Free space; the log goes on by itself, without a restart.";
  }
}
