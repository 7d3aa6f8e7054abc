// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.DiskFullException;
import dev.ringfold.RingfoldException;
import dev.ringfold.internal.io.DiskSpace;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must be ready before the journal thread needs it, done by the thread {@code
 * ringfold-segments}: blocks allocated and pages faulted in ahead of the journal, the next segment
 * prepared, the disk's free space watched. Nothing here waits for a force, so that the journal
 * thread is not left alone while the disk is slow; sealing has a thread of its own, {@link
 * SealThread}. One exception: while callers wait for the disk again and again and it answers
 * quickly, pages are forced ahead for them; then the whole segment is allocated beforehand.
 */
public final class SegmentKeeper implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentKeeper.class);

  private static final long CYCLE_NANOS = 5_000_000L;
  private static final long IDLE_CYCLE_NANOS = 100_000_000L;
  private static final long SPACE_CHECK_NANOS = 100_000_000L;
  private static final long PREPARE_RETRY_NANOS = 1_000_000_000L;
  private static final long AHEAD_BYTES_MIN = 8L << 20;

  private static final long IDLE_NANOS = 1_000_000_000L;
  private static final long POPULATE_BYTES_MIN = 512L << 10;
  private static final long POPULATE_BYTES_MAX = 64L << 20;

  /** After each slice the thread looks whether something more urgent has come up. */
  private static final long POPULATE_SLICE_BYTES = 1L << 20;

  private static final long POPULATE_IDLE_NANOS = 50_000_000L;
  private static final long GROWTH_WINDOW_NANOS = 60_000_000L;

  /**
   * Growth in the window up to which pages are forced ahead (some 130 MB/s): it doubles what the
   * disk writes, which a faster journal needs for itself.
   */
  private static final long SETTLED_GROWTH_BYTES_MAX = 8L << 20;

  private static final long SMALL_STEP_BYTES = 1L << 20;

  private final Path store;
  private final JournalSettings settings;
  private final LogState state;
  private final DiskSpace space;
  private final SegmentSealer sealer;
  private final Map<Long, SegmentWriter> unsealed = new ConcurrentHashMap<>();

  private volatile @Nullable SegmentWriter current;
  private volatile @Nullable SegmentWriter prepared;
  private volatile boolean prepareWanted;
  private volatile boolean outOfSpace;
  private volatile long lastGrowthNanos = System.nanoTime() - IDLE_NANOS;
  private volatile boolean running = true;
  private volatile @Nullable Thread thread;
  private final LongAdder allocationRounds = new LongAdder();
  private @Nullable SegmentWriter measured;
  private long lastPosition;
  private long lastMeasuredNanos = System.nanoTime();
  private long growthBytes;
  private long lastSpaceCheckNanos;
  private long prepareAgainNanos = System.nanoTime();

  public SegmentKeeper(
      Path store, JournalSettings settings, LogState state, DiskSpace space, SegmentSealer sealer) {
    this.store = store;
    this.settings = settings;
    this.state = state;
    this.space = space;
    this.sealer = sealer;
  }

  /** Creates a segment now, in the caller's thread; used at open. */
  public SegmentWriter createFirst(long number) {
    SegmentWriter writer = create(number, settings.initialAllocationBytes());
    unsealed.put(number, writer);
    current = writer;
    return writer;
  }

  private SegmentWriter create(long number, long allocateBytes) {
    return SegmentWriter.create(store, number, settings.blockBytes(), allocateBytes);
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

  /** The segment is sealed: readers find its length in the manifest. */
  void sealed(SegmentWriter finished) {
    unsealed.remove(finished.number());
  }

  /** Whether the journal has grown lately. */
  boolean isBusy() {
    return System.nanoTime() - lastGrowthNanos < IDLE_NANOS;
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
      if (!busy) {
        LockSupport.parkNanos(this, isBusy() ? CYCLE_NANOS : IDLE_CYCLE_NANOS);
      }
    }
  }

  private boolean cycle() {
    try {
      checkSpace();
      measureGrowth();
      allocateAhead();
      prepareNext();
      return populateAhead();
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
    if (outOfSpace || usable < settings.fullSpaceBytes()) {
      state.space(
          LogState.Condition.FULL,
          "the disk is full: "
              + usable
              + " bytes are usable at "
              + store
              + ", "
              + settings.fullSpaceBytes()
              + " must stay free");
    } else if (usable < settings.lowSpaceBytes()) {
      state.space(
          LogState.Condition.LOW,
          usable + " bytes are usable at " + store + ", below " + settings.lowSpaceBytes());
    } else {
      state.space(LogState.Condition.OPEN, "");
    }
  }

  /** Bytes the journal grows in the time of a slow commit of the file system. */
  private void measureGrowth() {
    SegmentWriter writer = current;
    long now = System.nanoTime();
    long elapsed = now - lastMeasuredNanos;
    if (writer == null || elapsed < CYCLE_NANOS) {
      return;
    }
    long position = writer.writtenPosition();
    long grown = position - (writer == measured ? lastPosition : 0);
    measured = writer;
    lastPosition = position;
    lastMeasuredNanos = now;
    if (grown > 0) {
      lastGrowthNanos = now;
    }
    growthBytes = Math.max(growthBytes - growthBytes / 4, grown * GROWTH_WINDOW_NANOS / elapsed);
  }

  /**
   * Keeps allocated bytes ahead of the journal: 8 MiB, or a whole segment when it is fast or waited
   * for.
   */
  private void allocateAhead() {
    SegmentWriter writer = current;
    if (writer != null) {
      long kept = settings.reserveBytes() + SegmentWriter.INDEX_SLACK_BYTES;
      long wanted = writer.writtenPosition() + kept + AHEAD_BYTES_MIN + growthBytes;
      if (wanted > writer.allocatedLimit()) {
        boolean fast = growthBytes > AHEAD_BYTES_MIN || writer.isForcedOften();
        extend(writer, fast ? Math.max(wanted, settings.fullAllocationBytes()) : wanted);
      } else if (outOfSpace) {
        outOfSpace = false;
      }
      allocationRounds.increment();
    }
  }

  /** Makes a slice of pages ready; true when there is more to do at once. */
  private boolean populateAhead() {
    SegmentWriter writer = current;
    if (writer == null || System.nanoTime() - lastGrowthNanos > POPULATE_IDLE_NANOS) {
      return false;
    }
    long wanted =
        writer.writtenPosition()
            + Math.max(POPULATE_BYTES_MIN, Math.min(POPULATE_BYTES_MAX, growthBytes));
    boolean settle = writer.isForcedOften() && growthBytes <= SETTLED_GROWTH_BYTES_MAX;
    return writer.populate(wanted, POPULATE_SLICE_BYTES, settle);
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
    if (!prepareWanted
        || prepared != null
        || outOfSpace
        || System.nanoTime() - prepareAgainNanos < 0) {
      return;
    }
    SegmentWriter writer = current;
    long bytes = isBusy() ? settings.fullAllocationBytes() : settings.initialAllocationBytes();
    if (writer == null || space.usableBytes() - bytes < settings.fullSpaceBytes()) {
      return; // The open segment goes on growing until there is room for another one.
    }
    long number = writer.number() + 1;
    try {
      prepared = create(number, bytes);
    } catch (DiskFullException e) {
      sealer.discard(number);
    } catch (RingfoldException e) {
      prepareAgainNanos = System.nanoTime() + PREPARE_RETRY_NANOS;
      sealer.discard(number); // The folder would be in the way the next time.
      throw e;
    }
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
