// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.DiskFullException;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.jfr.Forced;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * Makes the journal durable: the thread {@code ringfold-force} forces the open segment when
 * somebody waits for DISK, when enough bytes are unforced, or after the force interval. One force
 * answers every waiter at or below its sequence. The journal thread may force inline when it has
 * nothing else to do; the lock makes the two take turns.
 *
 * <p>A roll forces in this order: the old segment, the manifest that names the new one, the new
 * file, the directories; only then may {@link #durableSequence()} pass the old segment's end. The
 * first error of a force is final: a retried fsync lies. A disk that has no room for the manifest
 * is no such error, since nothing of it is there yet: the roll stays where it is, nothing more
 * becomes durable, the log is FULL, and the next force tries again with a new file.
 */
public final class Forcer implements Runnable {
  /** A segment's last force and its successor's first. */
  private record Roll(SegmentWriter from, SegmentWriter to) {}

  /** Rolls that may wait for the disk; beyond this the open segment simply grows. */
  static final int MAX_PENDING_ROLLS = 8;

  /** One slow force must not change what a force is expected to take. */
  private static final int SMOOTHING = 8;

  /** A roll that found the disk full is tried again after this time. */
  private static final long ROLL_RETRY_NANOS = 100_000_000L;

  private final ManifestStore manifests;
  private final LogState state;
  private final SealThread sealing;
  private final LongConsumer onDurable;
  private final long intervalNanos;
  private final long limitBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<Roll> rolls = new ConcurrentLinkedQueue<>();
  private final java.util.concurrent.atomic.AtomicInteger pendingRolls =
      new java.util.concurrent.atomic.AtomicInteger();
  private final Recorder latencies = new Recorder(3_600_000_000_000L, 2);

  private SegmentWriter segment; // guarded by lock
  private volatile long writtenSequence = -1;
  private volatile long writtenBytes;
  private volatile long forcedBytes;
  private volatile long durableSequence = -1;
  private volatile long requestedSequence = -1;
  private volatile long forceNanos;
  private final Sleepers sleepers = new Sleepers();
  private volatile boolean running = true;
  private volatile @Nullable Thread thread;
  private long lastForceNanos = System.nanoTime();
  private volatile long nextRollNanos = lastForceNanos;

  /**
   * @param onDurable called with the new durable sequence under the force lock; must be quick
   */
  public Forcer(
      ManifestStore manifests,
      LogState state,
      SealThread sealing,
      SegmentWriter first,
      long durableSequence,
      long intervalNanos,
      long limitBytes,
      LongConsumer onDurable) {
    this.manifests = manifests;
    this.state = state;
    this.sealing = sealing;
    this.segment = first;
    this.durableSequence = durableSequence;
    this.writtenSequence = durableSequence;
    this.intervalNanos = intervalNanos;
    this.limitBytes = limitBytes;
    this.onDurable = onDurable;
  }

  /** Newest sequence that is on disk, or -1. */
  public long durableSequence() {
    return durableSequence;
  }

  /** How long a force takes, nanoseconds, smoothed over the last ones; 0 before the first. */
  public long forceNanos() {
    return forceNanos;
  }

  /** Newest sequence that is written; set by the journal thread after each frame. */
  public long writtenSequence() {
    return writtenSequence;
  }

  /** Sleeps until something is written that the caller has not {@code seen}, or for so long. */
  void awaitWritten(long seen, long nanos) {
    sleepers.await(this::writtenSequence, seen, nanos);
  }

  /** Journal thread: everything up to this sequence is in the mapped file. */
  void written(long sequence, int frameBytes) {
    long bytes = writtenBytes + frameBytes;
    writtenBytes = bytes;
    writtenSequence = sequence;
    sleepers.wake();
    if (bytes - forcedBytes >= limitBytes) {
      LockSupport.unpark(thread);
    }
  }

  /** Journal thread: the next frames go to another segment. */
  void rolled(SegmentWriter from, SegmentWriter to) {
    pendingRolls.incrementAndGet();
    rolls.add(new Roll(from, to));
    LockSupport.unpark(thread);
  }

  boolean acceptsRoll() {
    return pendingRolls.get() < MAX_PENDING_ROLLS;
  }

  /** Somebody waits for this sequence to be on disk. */
  public void request(long sequence) {
    if (sequence > requestedSequence) {
      requestedSequence = sequence; // A lost update is made good by the waiter's own next request.
    }
    LockSupport.unpark(thread);
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    while (running) {
      if (isDue()) {
        force();
      } else {
        LockSupport.parkNanos(this, intervalNanos / 4 + 1);
      }
    }
  }

  private boolean isDue() {
    if (state.condition() == LogState.Condition.FAILED) {
      return false;
    }
    if (!rolls.isEmpty()) {
      return !mustWaitForRoom();
    }
    long durable = durableSequence;
    if (writtenSequence <= durable && writtenBytes == forcedBytes) {
      return false;
    }
    return (requestedSequence > durable && writtenSequence > durable)
        || writtenBytes - forcedBytes >= limitBytes
        || System.nanoTime() - lastForceNanos >= intervalNanos;
  }

  private boolean mustWaitForRoom() {
    return state.isStuck() && System.nanoTime() - nextRollNanos < 0;
  }

  /** Whether no roll waits to be forced; when the journal has ended, for good. */
  public boolean isCaughtUp() {
    return rolls.isEmpty();
  }

  /** Forces now, waiting for a force that is under way. */
  public void force() {
    lock.lock();
    try {
      forceLocked();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Forces now unless another thread is doing it, or a full disk was found a moment ago; returns
   * whether it did.
   */
  public boolean tryForce() {
    if (mustWaitForRoom() || !lock.tryLock()) {
      return false;
    }
    try {
      forceLocked();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void forceLocked() {
    if (state.condition() == LogState.Condition.FAILED) {
      return;
    }
    try {
      forceAndTell();
    } catch (IOException | RuntimeException | Error e) {
      // InternalError: a mapped page could not be read or written. Any other Error ends the log as
      // well: nobody may wait for a force thread that is no more.
      state.fail("forcing segment " + segment.number() + " failed: " + e.getMessage(), e);
      onDurable.accept(durableSequence);
    }
  }

  private void forceAndTell() throws IOException {
    Forced recorded = Forced.begun();
    long started = System.nanoTime();
    long bytes = writtenBytes;
    long sequence =
        writtenSequence; // Before the rolls: a roll is queued before its first sequence.
    FaultPoint.hit("journal.force.before");
    if (!performRolls()) {
      return;
    }
    segment.force();
    FaultPoint.hit("journal.force.after");
    long now = System.nanoTime();
    latencies.recordValue(now - started);
    long smoothed = forceNanos; // Only changed under the lock.
    forceNanos = smoothed + (now - started - smoothed) / SMOOTHING;
    if (recorded != null) {
      recorded.done(sequence, bytes - forcedBytes);
    }
    lastForceNanos = now;
    forcedBytes = bytes;
    durableSequence = sequence;
    onDurable.accept(sequence);
  }

  /** Makes the queued rolls durable; false when the disk has no room for it now. */
  private boolean performRolls() throws IOException {
    for (Roll roll = rolls.peek(); roll != null; roll = rolls.peek()) {
      roll.from.forceAll();
      FaultPoint.hit("roll.oldForced");
      try {
        manifests.persist();
      } catch (DiskFullException e) {
        nextRollNanos = System.nanoTime() + ROLL_RETRY_NANOS;
        state.stick("the disk is full: " + e.getMessage());
        return false;
      }
      state.unstick();
      perform(roll);
      rolls.remove();
    }
    return true;
  }

  private void perform(Roll roll) throws IOException {
    FaultPoint.hit("roll.manifestWritten");
    roll.to.force();
    dev.ringfold.internal.io.DurableFile.forceDirectory(roll.to.folder());
    dev.ringfold.internal.io.DurableFile.forceDirectory(
        java.util.Objects.requireNonNull(roll.to.folder().getParent()));
    FaultPoint.hit("roll.newForced");
    segment = roll.to;
    pendingRolls.decrementAndGet();
    sealing.seal(roll.from);
  }

  /** Durations of forces since the last call, nanoseconds. */
  public Histogram drainLatencies() {
    return latencies.getIntervalHistogram();
  }

  /** Ends the thread after the force that is under way. */
  public void stop() {
    running = false;
    LockSupport.unpark(thread);
  }
}
