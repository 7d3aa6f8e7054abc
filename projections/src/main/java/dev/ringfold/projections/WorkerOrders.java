// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.RingfoldException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What other threads want a worker's thread to do. Any thread adds, the worker carries out. */
final class WorkerOrders {
  private static final int MAX_WAITING = 64;
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  /** What another thread wants done. */
  interface Order {
    void run() throws IOException;
  }

  private record Pending(Order order, CompletableFuture<Void> done) {}

  private final String projection;
  private final BlockingQueue<Pending> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
  private volatile boolean closed;

  WorkerOrders(String projection) {
    this.projection = projection;
  }

  CompletableFuture<Void> add(Order order) {
    Pending pending = new Pending(order, new CompletableFuture<>());
    if (closed || !waiting.offer(pending)) {
      throw new ProjectionFailedException(
          "Projection "
              + projection
              + (closed ? " is closed" : " has " + MAX_WAITING + " orders waiting; try later"));
    }
    if (closed) {
      close(); // The worker may have ended without seeing it.
    }
    return pending.done();
  }

  /** Waits until an order is carried out; its failure is thrown. */
  static void await(String projection, CompletableFuture<Void> done) {
    try {
      done.get(TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof RingfoldException known) {
        throw known;
      }
      throw new ProjectionFailedException(
          "Projection " + projection + " could not do it: " + cause, cause);
    } catch (TimeoutException e) {
      throw new ProjectionFailedException(
          "Projection " + projection + " did not answer within " + TIMEOUT, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProjectionFailedException("interrupted while waiting for " + projection, e);
    }
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  void carryOut() {
    Pending pending;
    while ((pending = waiting.poll()) != null) {
      try {
        pending.order().run();
        pending.done().complete(null);
      } catch (IOException | RuntimeException | Error e) {
        pending.done().completeExceptionally(e);
      }
    }
  }

  /** Refuses what waits and what comes. */
  void close() {
    closed = true;
    Pending pending;
    while ((pending = waiting.poll()) != null) {
      pending
          .done()
          .completeExceptionally(
              new ProjectionFailedException("Projection " + projection + " is closed"));
    }
  }
}
