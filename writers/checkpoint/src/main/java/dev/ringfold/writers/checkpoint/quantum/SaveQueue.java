// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.LogClosedException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * States on their way to the thread that saves them, bounded by number and by bytes. Thread-safe.
 */
final class SaveQueue {
  /** Most states that wait. */
  static final int MAX_STATES = 1_024;

  /** States that are saved as one group. */
  record Job(List<QuantumState> states, long bytes, CompletableFuture<List<SavedState>> future) {
    static Job of(List<QuantumState> states) {
      long bytes = states.stream().mapToLong(StateCache::size).sum();
      return new Job(List.copyOf(states), bytes, new CompletableFuture<>());
    }
  }

  private final long maxBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Job> jobs = new ArrayDeque<>();
  private int states;
  private long bytes;
  private boolean closed;

  SaveQueue(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Adds a job, waiting for room; a job of any size has room when nothing else waits. */
  void put(Job job, long timeoutNanos) {
    lock.lock();
    try {
      long left = timeoutNanos;
      while (!closed && states > 0 && !fits(job)) {
        if (left <= 0) {
          throw new StateBacklogException(
              states
                  + " states of "
                  + bytes
                  + " bytes wait to be saved, and the store takes no more for now. Wait for their"
                  + " futures, or save less often.");
        }
        left = changed.awaitNanos(left);
      }
      if (closed) {
        throw new LogClosedException("The quantum store is closed. Open it again.");
      }
      jobs.add(job);
      states += job.states().size();
      bytes += job.bytes();
      changed.signalAll();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StateBacklogException("Interrupted while waiting for room to save a state.");
    } finally {
      lock.unlock();
    }
  }

  private boolean fits(Job job) {
    return states + job.states().size() <= MAX_STATES && bytes + job.bytes() <= maxBytes;
  }

  /** The oldest job, which counts as waiting until it is {@link #done}; null when all is over. */
  @Nullable Job take() {
    lock.lock();
    try {
      while (jobs.isEmpty() && !closed) {
        changed.awaitUninterruptibly();
      }
      return jobs.poll();
    } finally {
      lock.unlock();
    }
  }

  /** The oldest job, if one waits. */
  @Nullable Job poll() {
    lock.lock();
    try {
      return jobs.poll();
    } finally {
      lock.unlock();
    }
  }

  void done(Job job) {
    lock.lock();
    try {
      states -= job.states().size();
      bytes -= job.bytes();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until nothing waits; false when the timeout passed first. */
  boolean awaitEmpty(long timeoutNanos) {
    lock.lock();
    try {
      long left = timeoutNanos;
      while (states > 0) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more jobs; those that are there are still given out. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  int states() {
    lock.lock();
    try {
      return states;
    } finally {
      lock.unlock();
    }
  }

  long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }
}
