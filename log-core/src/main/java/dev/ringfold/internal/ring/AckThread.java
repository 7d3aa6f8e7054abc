// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completes the futures of REQUIRED appends in the thread {@code ringfold-ack}: a callback that
 * blocks delays other callbacks and nothing else. The queue is bounded by the number of outstanding
 * appends ({@code max-outstanding}), which every append has been counted against.
 */
public final class AckThread implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(AckThread.class);
  private static final long PARK_NANOS = 1_000_000_000L;

  private final Queue<PendingAppend> completed = new ConcurrentLinkedQueue<>();
  private final AtomicInteger outstanding = new AtomicInteger();
  private final int maxOutstanding;
  private volatile @Nullable Thread thread;
  private volatile boolean sleeping;
  private volatile boolean running = true;

  public AckThread(int maxOutstanding) {
    this.maxOutstanding = maxOutstanding;
  }

  /** Counts a new append; false when too many wait already. */
  boolean tryEnter() {
    if (outstanding.incrementAndGet() > maxOutstanding) {
      outstanding.decrementAndGet();
      return false;
    }
    return true;
  }

  /** Takes back a {@link #tryEnter} whose append never reached the ring. */
  void leave() {
    outstanding.decrementAndGet();
  }

  /** Appends that wait for their acknowledgement. */
  public int outstanding() {
    return outstanding.get();
  }

  /** The append is decided: wakes a blocked caller at once, queues a future. */
  void completed(PendingAppend append) {
    outstanding.decrementAndGet();
    if (append.future == null) {
      append.complete();
    } else {
      completed.add(append);
    }
  }

  /** After a batch of {@link #completed}: wakes the thread if it sleeps. */
  void flush() {
    if (sleeping && !completed.isEmpty()) {
      LockSupport.unpark(thread);
    }
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    while (running || !completed.isEmpty()) {
      PendingAppend append = completed.poll();
      if (append != null) {
        complete(append);
      } else {
        sleeping = true;
        if (completed.isEmpty() && running) {
          LockSupport.parkNanos(this, PARK_NANOS);
        }
        sleeping = false;
      }
    }
  }

  private static void complete(PendingAppend append) {
    try {
      append.complete();
    } catch (RuntimeException e) {
      LOG.warn("A callback of an append's future threw; the append itself is not affected", e);
    }
  }

  /** Ends the thread when everything completed so far is delivered. */
  public void stop() {
    running = false;
    LockSupport.unpark(thread);
  }
}
