// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventLog;
import dev.ringfold.EventView;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the output of a projection again while its worker goes on with the one in use, in a thread
 * {@code ringfold-rebuild-} and its name. When it has caught up, the worker's thread folds the last
 * events, exchanges the outputs while its projection is closed, and goes on in the new one.
 */
final class LiveRebuild implements Runnable, Surroundings {
  private static final Logger LOG = LoggerFactory.getLogger(LiveRebuild.class);
  private static final Duration DURABLE_STEP = Duration.ofMillis(100);
  private static final int MAX_ATTEMPTS = 3;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long PARK_NANOS = 5_000_000L;

  private final EventLog log;
  private final Projection second;
  private final ProjectionWorker worker;
  private final WorkerContext live;
  private final RetentionHold hold;
  private final Thread thread;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private volatile @Nullable BesideBuild current;
  private volatile boolean closing;

  /**
   * A rebuild that is not begun.
   *
   * @param second another instance of the worker's projection
   */
  LiveRebuild(EventLog log, Projection second, ProjectionWorker worker, WorkerContext live) {
    this.log = log;
    this.second = second;
    this.worker = worker;
    this.live = live;
    this.hold = RetentionHold.ofRebuild(log, second.name());
    this.thread = new Thread(this, "ringfold-rebuild-" + second.name());
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Ends when the new output is in use, or with what prevented it. */
  CompletableFuture<Void> done() {
    return done;
  }

  /** Makes it stop; what it committed stays for the next one. */
  void close() {
    closing = true;
    BesideBuild build = current;
    if (build != null) {
      build.halt();
    }
    LockSupport.unpark(thread);
  }

  void join(long deadlineNanos) throws InterruptedException {
    thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime())));
  }

  @Override
  public void run() {
    try {
      hold.need(0);
      hold.move();
      rebuild();
      done.complete(null);
    } catch (OutputFailure e) {
      fail(e.failure());
    } catch (IOException | RuntimeException | Error e) {
      fail(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail(e);
    } finally {
      hold.end();
    }
  }

  private void fail(Throwable cause) {
    if (closing) {
      done.completeExceptionally(
          new ProjectionFailedException(
              "The rebuild of projection "
                  + second.name()
                  + " was stopped; it goes on where it was when it is ordered again"));
      return;
    }
    LOG.error("Projection {} is not rebuilt; its output stays as it is", second.name(), cause);
    done.completeExceptionally(cause);
  }

  private void rebuild() throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      BesideBuild build = new BesideBuild(second, Journal.of(log), this, live);
      try (build) {
        current = build;
        if (closing) {
          build.halt();
        }
        build.open();
        while (build.fold(Long.MAX_VALUE)) {
          continue;
        }
        inWorker(build);
        return;
      } catch (ProjectionFailedException refused) {
        if (attempt == MAX_ATTEMPTS || closing) {
          throw refused;
        }
        LOG.warn("Rebuild of projection {}: attempt {} failed", second.name(), attempt, refused);
        awaitWorker(build.failedAt());
      } finally {
        current = null;
      }
    }
  }

  /** The worker in use may be about to put the event aside, which is a fact for this one. */
  private void awaitWorker(long sequence) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (worker.applied() < sequence && !closing && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(this, PARK_NANOS);
    }
  }

  private void inWorker(BesideBuild build) throws IOException, InterruptedException {
    try {
      worker.order(() -> takeOver(build)).get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof IOException io) {
        throw io;
      }
      if (cause instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw new ProjectionFailedException(
          "The rebuild of projection " + second.name() + " failed: " + cause, cause);
    }
  }

  /** In the worker's thread, while its projection is not open. */
  private void takeOver(BesideBuild build) throws IOException {
    Position committed = null;
    while (committed == null) {
      committed = build.finish(log.lastSequence());
    }
    build.promote(null);
    worker.exchanged();
    LOG.info("Projection {} was rebuilt up to {}", second.name(), committed);
  }

  @Override
  public void awaitPermanent(long sequence) {
    while (!log.awaitDurable(sequence, DURABLE_STEP)) {
      if (closing || Thread.currentThread().isInterrupted()) {
        throw new DriveStopped();
      }
    }
  }

  @Override
  public boolean retry(EventView event, int attempt, Exception cause) {
    return attempt == 1;
  }

  @Override
  public void giveUp(long sequence, long consuming, int attempts, Exception cause) {
    throw new ProjectionFailedException(
        "A rebuild of projection "
            + second.name()
            + " refuses event "
            + sequence
            + ", and no fact in the journal says that it was left out: "
            + cause,
        cause);
  }

  @Override
  public void committed(Position position) {
    hold.need(position.sequence() + 1);
    hold.moveIfDue(System.nanoTime());
  }
}
