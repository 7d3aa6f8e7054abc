// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.event.Event;
import dev.ringfold.internal.ring.GroupDraft;
import dev.ringfold.internal.ring.ProducerCore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * An atomic group of events: one commit, one frame, all or none. Belongs to its producer's thread
 * and is used once.
 */
public final class UnitOfWork {
  private final ProducerCore core;
  private final GroupDraft draft;
  private boolean committed;

  UnitOfWork(ProducerCore core) {
    this.core = core;
    this.draft = core.newGroup();
  }

  /** Adds an event; nothing is published before {@link #commit}. */
  public UnitOfWork add(Stream stream, Event event) {
    return add(stream, event, AppendOptions.NONE);
  }

  /**
   * Adds an event with tags, context, and expectations about its own stream. A key belongs to the
   * whole group: give it with the first event.
   *
   * @throws UnitTooLargeException when the group no longer fits a frame
   */
  public UnitOfWork add(Stream stream, Event event, AppendOptions options) {
    requireOpen();
    core.addToGroup(draft, stream.id(), event, options);
    return this;
  }

  /**
   * Publishes the group.
   *
   * @throws RingTimeoutException when there was no room within {@code required-timeout}
   * @throws IllegalStateException when the group is empty or was committed before
   */
  public CompletableFuture<AppendOutcome> commit(AckLevel level) {
    close();
    return core.commit(draft, level);
  }

  /** Publishes the group and waits for its acknowledgement. */
  public AppendOutcome commitAndAwait(AckLevel level, Duration timeout) {
    close();
    return core.commitAndAwait(draft, level, timeout.toNanos());
  }

  private void close() {
    requireOpen();
    committed = true;
  }

  private void requireOpen() {
    if (committed) {
      throw new IllegalStateException("this unit of work was committed; begin a new one");
    }
  }
}
