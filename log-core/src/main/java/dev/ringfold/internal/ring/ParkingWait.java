// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.WaitStrategy;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How the journal thread waits. Behind REQUIRED events, whose callers may send the next one as soon
 * as they are told, it looks again and again for a while; behind LOSSY ones it parks at once, for 1
 * ms, and after four seconds without events for up to 40 ms. Every look takes the ring's cursor
 * away from the producers' caches: looking all the time made an offer eight times as slow, and
 * frames small. {@link #waitFor} comes back without an event after one park, so that the thread can
 * look after its other duties. A REQUIRED event calls {@link #wake}; a LOSSY one only when it is
 * the first in its quarter of the ring, so that a sudden burst does not fill the ring meanwhile.
 */
final class ParkingWait implements WaitStrategy {
  private static final int POLLS = 20;
  private static final int SPINS = 40;
  private static final long PARK_NANOS_MIN = 1_000_000L;
  private static final long PARK_NANOS_MAX = 40_000_000L;
  private static final long IDLE_SHARE = 100;

  private volatile @Nullable Thread parked;

  // Only the journal thread touches these.
  private long idleSinceNanos;
  private boolean idle;
  private boolean hot;
  private long hotUntilNanos;
  private boolean gathering;

  @Override
  public long waitFor(long sequence, Sequence cursor, Sequence dependent, SequenceBarrier barrier) {
    long available = dependent.get();
    if (available < sequence) {
      available = gathering ? yieldCore(dependent) : look(sequence, dependent);
    }
    if (available >= sequence) {
      idle = false;
    }
    return available;
  }

  private long look(long sequence, Sequence dependent) {
    long available = hot ? poll(sequence, dependent) : sequence - 1;
    return available >= sequence ? available : park(sequence, dependent);
  }

  private long poll(long sequence, Sequence dependent) {
    long available = dependent.get();
    for (int i = 0; i < POLLS && available < sequence; i++) {
      // Look seldom: the producers need the cache line.
      for (int j = 0; j < SPINS; j++) {
        Thread.onSpinWait();
      }
      available = dependent.get();
    }
    return available;
  }

  /** Those that the journal thread waits for may need its core. */
  @SuppressWarnings("ThreadPriorityCheck") // Nothing depends on it: the wait is bounded by time.
  private static long yieldCore(Sequence dependent) {
    Thread.yield();
    return dependent.get();
  }

  private long park(long sequence, Sequence dependent) {
    long now = System.nanoTime();
    if (hot && now < hotUntilNanos) {
      return dependent.get();
    }
    hot = false;
    if (!idle) {
      idle = true;
      idleSinceNanos = now;
    }
    long nanos = parkNanos(now - idleSinceNanos);
    parked = Thread.currentThread();
    long available = dependent.get(); // Again after the volatile write: a waker may have missed us.
    if (available < sequence) {
      LockSupport.parkNanos(this, nanos);
      available = dependent.get();
    }
    parked = null;
    return available;
  }

  /** A hundredth of the idle time: 1 ms at first, 40 ms after four seconds. */
  private static long parkNanos(long idleNanos) {
    return Math.max(PARK_NANOS_MIN, Math.min(PARK_NANOS_MAX, idleNanos / IDLE_SHARE));
  }

  /** The journal thread expects the next REQUIRED event at once: it polls until then. */
  void stayHot(long untilNanos) {
    hot = true;
    hotUntilNanos = untilNanos;
  }

  /** The journal thread waits a few microseconds for more appends before it forces. */
  void gather(boolean gathers) {
    gathering = gathers;
  }

  /** Wakes the journal thread if it is parked. */
  void wake() {
    VarHandle.fullFence(); // The publish before this call must not pass the read of parked.
    Thread thread = parked;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }

  @Override
  public void signalAllWhenBlocking() {
    // Nothing: a signal for every event would cost its caller tens of microseconds.
  }
}
