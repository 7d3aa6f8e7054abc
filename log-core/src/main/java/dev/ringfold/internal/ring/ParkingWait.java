// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.WaitStrategy;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How the journal thread waits: it looks a few times, then parks for 100 µs, and after a second
 * without events for up to 10 ms. {@link #waitFor} comes back without an event after one park, so
 * that the thread can look after its other duties. Publishing LOSSY events never signals; a
 * REQUIRED one calls {@link #wake}.
 */
final class ParkingWait implements WaitStrategy {
  private static final int POLLS = 20;
  private static final int SPINS = 40;
  private static final long PARK_NANOS_MIN = 100_000L;
  private static final long PARK_NANOS_MAX = 10_000_000L;
  private static final long IDLE_SHARE = 100;

  /** From parks of this length on, after a tenth of a second, it looks only once between them. */
  private static final long QUIET_PARK_NANOS = 1_000_000L;

  private volatile @Nullable Thread parked;

  // Only the journal thread touches these.
  private long idleSinceNanos;
  private long idleParkNanos;
  private boolean idle;
  private long hotUntilNanos;
  private boolean gathering;

  @Override
  public long waitFor(long sequence, Sequence cursor, Sequence dependent, SequenceBarrier barrier) {
    long available = dependent.get();
    if (available >= sequence) {
      idle = false;
      return available;
    }
    if (gathering) {
      yieldCore();
      return dependent.get();
    }
    // Looking costs more than waking up: not worth it a hundred times a second on an idle log.
    int polls = idle && idleParkNanos >= QUIET_PARK_NANOS ? 0 : POLLS;
    for (int i = 0; i < polls; i++) {
      // Every look takes the cursor's cache line from the producers: look seldom.
      for (int j = 0; j < SPINS; j++) {
        Thread.onSpinWait();
      }
      available = dependent.get();
      if (available >= sequence) {
        idle = false;
        return available;
      }
    }
    return park(sequence, dependent);
  }

  /** Those that the journal thread waits for may need its core. */
  @SuppressWarnings("ThreadPriorityCheck") // Nothing depends on it: the wait is bounded by time.
  private static void yieldCore() {
    Thread.yield();
  }

  private long park(long sequence, Sequence dependent) {
    long now = System.nanoTime();
    if (now < hotUntilNanos) {
      return dependent.get();
    }
    if (!idle) {
      idle = true;
      idleSinceNanos = now;
    }
    long nanos = parkNanos(now - idleSinceNanos);
    idleParkNanos = nanos;
    parked = Thread.currentThread();
    long available = dependent.get(); // Again after the volatile write: a waker may have missed us.
    if (available < sequence) {
      LockSupport.parkNanos(this, nanos);
      available = dependent.get();
    }
    parked = null;
    return available;
  }

  /** A hundredth of the idle time: 100 µs at first, 10 ms after a second. */
  private static long parkNanos(long idleNanos) {
    return Math.max(PARK_NANOS_MIN, Math.min(PARK_NANOS_MAX, idleNanos / IDLE_SHARE));
  }

  /** The journal thread expects the next REQUIRED event at once: it polls until then. */
  void stayHot(long untilNanos) {
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
    // Nothing: a signal on the publishing path would cost the caller tens of microseconds.
  }
}
