// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.chunk;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of work that several threads take one after the other. Who comes to help too late does
 * nothing, so that nobody waits for a helper that is busy elsewhere.
 */
final class SharedWork {
  private final List<? extends Runnable> pieces;
  private final AtomicInteger next = new AtomicInteger();
  private int helpers;
  private boolean ended;
  private @Nullable Throwable failure;

  SharedWork(List<? extends Runnable> pieces) {
    this.pieces = pieces;
  }

  /** Takes pieces until there are none. */
  void help() {
    synchronized (this) {
      if (ended) {
        return;
      }
      helpers++;
    }
    try {
      take();
    } finally {
      synchronized (this) {
        helpers--;
        notifyAll();
      }
    }
  }

  /** Takes pieces until there are none, and waits for those who help. */
  void runAll() {
    take();
    awaitHelpers();
    Throwable failed = failure();
    if (failed instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (failed instanceof Error error) {
      throw error;
    }
  }

  private synchronized void awaitHelpers() {
    ended = true;
    boolean interrupted = false;
    while (helpers > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void take() {
    for (int i = next.getAndIncrement(); i < pieces.size(); i = next.getAndIncrement()) {
      try {
        pieces.get(i).run();
      } catch (RuntimeException | Error e) {
        next.set(pieces.size());
        fail(e);
        return;
      }
    }
  }

  private synchronized void fail(Throwable e) {
    if (failure == null) {
      failure = e;
    }
  }

  private synchronized @Nullable Throwable failure() {
    return failure;
  }
}
