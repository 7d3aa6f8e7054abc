// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.event.DropReason;
import dev.ringfold.internal.io.CounterFile;

/**
 * What a producer's thread and the journal thread share about one handle. The counts live in the
 * counter file, so that they survive the process; the last reason and stream are hints for the next
 * drop fact.
 */
public final class ProducerHandle {
  private final int id;
  private final String name;
  private final int nameId;
  private final CounterFile counters;
  private volatile DropReason lastReason = DropReason.RING_FULL;
  private volatile boolean open = true;
  private long offered;
  private long dropped;

  ProducerHandle(int id, String name, int nameId, CounterFile counters) {
    this.id = id;
    this.name = name;
    this.nameId = nameId;
    this.counters = counters;
    counters.declare(id, nameId);
  }

  /** Handle number, 1 to 255. */
  public int id() {
    return id;
  }

  /** The producer's name. */
  public String name() {
    return name;
  }

  int nameId() {
    return nameId;
  }

  /** Producer thread: counts events before their slot is claimed and returns the first ordinal. */
  public long offer(int events) {
    long first = offered + 1;
    offered += events;
    counters.setOffered(id, offered);
    return first;
  }

  /** Producer thread: the events counted last found no room. */
  public void drop(int events, DropReason reason) {
    dropped += events;
    if (lastReason != reason) {
      lastReason = reason;
    }
    counters.setDropped(id, dropped);
  }

  /** Events offered through this handle, as its own thread sees it. */
  public long offered() {
    return counters.offered(id);
  }

  /** Events that this handle dropped before the ring. */
  public long dropped() {
    return counters.dropped(id);
  }

  DropReason lastReason() {
    return lastReason;
  }

  /** The producer's thread will offer nothing more until the handle is opened again. */
  public void close() {
    open = false;
  }

  /** Takes a closed handle again; false when it is open. */
  synchronized boolean reopen() {
    if (open) {
      return false;
    }
    open = true;
    return true;
  }

  /** Whether a producer holds the handle. */
  public boolean isOpen() {
    return open;
  }
}
