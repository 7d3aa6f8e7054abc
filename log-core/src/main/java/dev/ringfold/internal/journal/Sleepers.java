// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Readers that have found nothing for so long that they sleep until the journal thread wakes them.
 * While nobody sleeps, {@link #wake} is one volatile read. Thread-safe.
 */
final class Sleepers {
  private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
  private volatile boolean any;

  /**
   * Sleeps until {@link #wake} is called, but not when the sequence has moved on already.
   *
   * @param written the newest sequence written, set before {@link #wake} is called
   * @param seen what it was before the caller looked for events in vain
   */
  void await(LongSupplier written, long seen, long nanos) {
    Thread thread = Thread.currentThread();
    threads.add(thread);
    any = true;
    try {
      // After the volatile write: whoever writes from now on sees that somebody sleeps.
      if (written.getAsLong() == seen) {
        LockSupport.parkNanos(this, nanos);
      }
    } finally {
      threads.remove(thread);
    }
  }

  /** Wakes all who sleep; each has to enter again. */
  void wake() {
    if (any) {
      any = false;
      threads.forEach(LockSupport::unpark);
    }
  }
}
