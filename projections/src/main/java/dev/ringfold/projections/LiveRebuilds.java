// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventLog;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rebuilds of a runtime, at most one of each projection. Thread-safe. */
final class LiveRebuilds {
  private static final Logger LOG = LoggerFactory.getLogger(LiveRebuilds.class);

  private final EventLog log;
  private final Map<String, Supplier<? extends Projection>> factories;
  private final Map<String, CompletableFuture<Void>> running = new HashMap<>();
  private final Map<String, LiveRebuild> threads = new HashMap<>();
  private boolean closed;

  /**
   * None yet.
   *
   * @param factories make second instances of projections, by name
   */
  LiveRebuilds(EventLog log, Map<String, Supplier<? extends Projection>> factories) {
    this.log = log;
    this.factories = Map.copyOf(factories);
  }

  /**
   * Begins a rebuild.
   *
   * @throws ProjectionFailedException when one is running
   */
  synchronized CompletableFuture<Void> start(ProjectionWorker worker) {
    requireNone(worker.name());
    if (closed) {
      throw new ProjectionFailedException("The runtime is closed");
    }
    CompletableFuture<Void> done;
    Supplier<? extends Projection> factory = factories.get(worker.name());
    if (factory == null) {
      CompletableFuture<Void> here = new CompletableFuture<>();
      CompletableFuture<Void> unused =
          worker
              .order(() -> worker.rebuildHere(here))
              .whenComplete(
                  (nothing, refused) -> {
                    if (refused != null) {
                      here.completeExceptionally(refused);
                    }
                  });
      done = here;
    } else {
      LiveRebuild rebuild = new LiveRebuild(log, factory.get(), worker, worker.context());
      threads.put(worker.name(), rebuild);
      rebuild.start();
      done = rebuild.done();
    }
    running.put(worker.name(), done);
    return done;
  }

  /** Refuses what cannot be done during a rebuild. */
  synchronized void requireNone(String projection) {
    CompletableFuture<Void> before = running.get(projection);
    if (before != null && !before.isDone()) {
      throw new ProjectionFailedException(
          "Projection " + projection + " is being rebuilt. Wait until that is done");
    }
  }

  /** Stops all of them. */
  synchronized void close() {
    closed = true;
    threads.values().forEach(LiveRebuild::close);
  }

  /** Waits for their threads. */
  void join(long deadlineNanos) throws InterruptedException {
    Map<String, LiveRebuild> all;
    synchronized (this) {
      all = Map.copyOf(threads);
    }
    for (Map.Entry<String, LiveRebuild> each : all.entrySet()) {
      each.getValue().join(deadlineNanos);
      if (!each.getValue().done().isDone()) {
        LOG.warn("The rebuild of projection {} did not end in time", each.getKey());
      }
    }
  }
}
