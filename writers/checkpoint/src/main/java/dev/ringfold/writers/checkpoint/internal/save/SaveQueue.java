// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.save;

import dev.ringfold.LogClosedException;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.writers.checkpoint.CheckpointBacklogException;
import dev.ringfold.writers.checkpoint.CheckpointFailedException;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.checkpoint.Saving;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures checkpoints in the caller's thread and saves them one after the other in the thread
 * {@code ringfold-checkpoint}. What fails there comes out of the save's future and, once, of {@link
 * #raise}. Thread-safe.
 */
public final class SaveQueue {
  /** Most saves that are captured and not committed, which bounds the memory of the copies. */
  public static final int MAX_PENDING = 2;

  private static final String CAPTURED = "checkpoint.captured";

  /** How long a save that is interrupted may take to come to an end. */
  private static final Duration INTERRUPTED_END = Duration.ofSeconds(10);

  private static final long IDLE_SECONDS = 5;
  private static final Logger LOG = LoggerFactory.getLogger(SaveQueue.class);

  private final SaveWorker worker;
  private final CaptureBuffers buffers;
  private final Consumer<String> afterCommit;
  private final Duration timeout;
  private final Semaphore room = new Semaphore(MAX_PENDING, true);
  private final ThreadPoolExecutor executor;
  private final Deque<CheckpointFailedException> failures = new ArrayDeque<>();
  private int outstanding;
  private long committed;
  private long failed;
  private String lastFailure = "";
  private boolean newestFailed;
  private boolean closed;

  /**
   * @param worker saves what was captured
   * @param buffers where it is captured
   * @param afterCommit called with the run of every committed save, in the thread that saves
   * @param timeout how long a save waits for room
   */
  public SaveQueue(
      SaveWorker worker, CaptureBuffers buffers, Consumer<String> afterCommit, Duration timeout) {
    this.worker = worker;
    this.buffers = buffers;
    this.afterCommit = afterCommit;
    this.timeout = timeout;
    this.executor =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "ringfold-checkpoint");
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
  }

  /**
   * Captures a checkpoint and has it saved.
   *
   * @throws CheckpointBacklogException when there was no room in time
   * @throws CheckpointFailedException when an earlier save failed and nobody was told yet
   */
  public Saving save(SaveRequest request) {
    raise();
    awaitRoom();
    boolean begun = false;
    try {
      raise();
      Task task = capture(request);
      begun = true;
      return task.saving();
    } finally {
      if (!begun) {
        room.release();
      }
    }
  }

  private Task capture(SaveRequest request) {
    Captured captured = buffers.capture(request.tensors());
    boolean begun = false;
    try {
      FaultPoint.hit(CAPTURED);
      Task task = new Task(request.with(captured.requests()), captured);
      begin(task);
      begun = true;
      return task;
    } finally {
      if (!begun) {
        captured.close();
      }
    }
  }

  private synchronized void begin(Task task) {
    if (closed) {
      throw new LogClosedException("The checkpoints are closed. Open them again.");
    }
    executor.execute(task);
    outstanding++;
  }

  private void awaitRoom() {
    boolean interrupted = false;
    try {
      if (room.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      interrupted = true;
    }
    throw new CheckpointBacklogException(
        MAX_PENDING
            + " saves are on their way to the disk already, and none came there "
            + (interrupted ? "before this thread was interrupted" : "within " + timeout)
            + ". Save less often, or give required-timeout more time.");
  }

  /**
   * Throws the failure of a save that was not thrown here before.
   *
   * @throws CheckpointFailedException that failure, with those that came after it suppressed
   */
  public synchronized void raise() {
    CheckpointFailedException first = failures.poll();
    if (first != null) {
      failures.forEach(first::addSuppressed);
      failures.clear();
      throw first;
    }
  }

  /** Waits until every save that was begun has come to its end, and what follows it. */
  public synchronized boolean awaitIdle(Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (outstanding > 0) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  /** Saves that were captured and are not committed. */
  public int pending() {
    return MAX_PENDING - room.availablePermits();
  }

  /** Saves that were committed. */
  public synchronized long committed() {
    return committed;
  }

  /** Saves that failed. */
  public synchronized long failed() {
    return failed;
  }

  /** Why the newest that failed did so, or empty. */
  public synchronized String lastFailure() {
    return lastFailure;
  }

  /** Whether the newest save failed. */
  public synchronized boolean newestFailed() {
    return newestFailed;
  }

  /**
   * Takes no more saves and waits for those that were begun; after the timeout the one under way is
   * interrupted and the others fail.
   */
  public void close(Duration atMost) {
    synchronized (this) {
      closed = true;
    }
    executor.shutdown();
    boolean interrupted = false;
    try {
      if (!executor.awaitTermination(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
        interrupt();
      }
    } catch (InterruptedException e) {
      interrupted = true;
      interrupt();
    }
    worker.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void interrupt() {
    for (Runnable waiting : executor.shutdownNow()) {
      ((Task) waiting).refuse();
    }
    try {
      if (!executor.awaitTermination(INTERRUPTED_END.toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.error("A save does not end; it is left behind");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void succeeded() {
    committed++;
    newestFailed = false;
  }

  private synchronized void failed(CheckpointFailedException failure) {
    failed++;
    newestFailed = true;
    lastFailure = String.valueOf(failure.getMessage());
    failures.add(failure);
  }

  private synchronized void ended() {
    outstanding--;
    notifyAll();
  }

  /** One save. */
  private final class Task implements Runnable {
    private final SaveRequest request;
    private final Captured captured;
    private final CompletableFuture<CheckpointSummary> done = new CompletableFuture<>();

    Task(SaveRequest request, Captured captured) {
      this.request = request;
      this.captured = captured;
    }

    Saving saving() {
      return new Saving(CompletableFuture.completedFuture(null), done);
    }

    @Override
    public void run() {
      try {
        CheckpointSummary summary = worker.save(request);
        succeeded();
        release();
        done.complete(summary);
        afterCommit.accept(request.run());
      } catch (RuntimeException | Error e) {
        fail(e);
      } finally {
        ended();
      }
    }

    /** Never begun, since the store is being closed. */
    void refuse() {
      fail(new LogClosedException("The checkpoints were closed before it was its turn."));
      ended();
    }

    private void fail(Throwable cause) {
      CheckpointFailedException failure =
          new CheckpointFailedException(
              "The checkpoint of epoch "
                  + request.epoch()
                  + " of run '"
                  + request.run()
                  + (done.isDone() ? "' is whole, but what follows failed: " : "' was not saved: ")
                  + cause.getMessage(),
              cause);
      failed(failure);
      if (!done.isDone()) {
        release();
        done.completeExceptionally(failure);
      }
    }

    private void release() {
      captured.close();
      room.release();
    }
  }
}
