// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.chunk;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that hash, compress and decompress chunks, {@code ringfold-chunk-1} and so on, and others
 * that wait for the disk, {@code ringfold-chunk-force-1} and so on. They are daemons, begin with
 * the first work and end when there was none for a while. Thread-safe.
 */
public final class ChunkWorkers implements AutoCloseable {
  /** How many unless somebody says otherwise. */
  public static final int DEFAULT_THREADS = 2;

  /** Most threads. */
  public static final int MAX_THREADS = 64;

  /** Forces that wait for the disk at one time. */
  private static final int FORCES = 4;

  private static final long IDLE_SECONDS = 5;

  private final int threads;
  private final ThreadPoolExecutor executor;
  private final ThreadPoolExecutor forces;

  /** Makes workers; starts none. */
  public ChunkWorkers(int threads) {
    if (threads < 1 || threads > MAX_THREADS) {
      throw new IllegalArgumentException(
          "There must be 1 to " + MAX_THREADS + " workers but were to be " + threads);
    }
    this.threads = threads;
    this.executor = pool(threads, "ringfold-chunk-");
    this.forces = pool(FORCES, "ringfold-chunk-force-");
  }

  private static ThreadPoolExecutor pool(int size, String name) {
    AtomicInteger count = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            size,
            size,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, name + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** Runs what waits for the disk and needs no processor. */
  public Executor forces() {
    return forces;
  }

  /** How many threads there are at most. */
  public int threads() {
    return threads;
  }

  <T> Future<T> submit(Callable<T> work) {
    return executor.submit(work);
  }

  /**
   * Runs all of the work, in the calling thread and in those workers that have nothing else to do.
   * When some of it fails, one of the failures is thrown once nothing runs any more, and what was
   * not begun is left out.
   */
  public void run(List<? extends Runnable> work) {
    SharedWork shared = new SharedWork(work);
    for (int i = 1; i < Math.min(threads + 1, work.size()); i++) {
      executor.execute(shared::help);
    }
    shared.runAll();
  }

  /**
   * Waits for work's result, whatever interrupts; its unchecked exceptions come out as they are.
   */
  static <T> T await(Future<T> work) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return work.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (cause instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException("A chunk could not be worked on: " + cause, cause);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Takes no more work and lets the threads end. */
  @Override
  public void close() {
    executor.shutdown();
    forces.shutdown();
  }
}
