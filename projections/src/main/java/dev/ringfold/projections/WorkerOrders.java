// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;

/** What other threads want a worker's thread to do. Any thread adds, the worker carries out. */
final class WorkerOrders {
  private static final int MAX_WAITING = 64;

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
