// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.RingfoldException;
import java.util.ArrayDeque;

/**
 * Appends that are written and wait for the disk, in the order of their sequences. The journal
 * thread adds; whoever holds the force lock removes. Bounded by {@code max-outstanding}.
 */
public final class DiskAcks {
  private final ArrayDeque<PendingAppend> waiting = new ArrayDeque<>();
  private final AckThread acks;

  public DiskAcks(AckThread acks) {
    this.acks = acks;
  }

  synchronized void add(PendingAppend append) {
    waiting.add(append);
  }

  synchronized int size() {
    return waiting.size();
  }

  /** Everything at or below the sequence is on disk. */
  public void durable(long sequence) {
    synchronized (this) {
      // A repeat waits for an older sequence than its neighbours: look behind the head, too.
      int remaining = waiting.size();
      while (remaining-- > 0) {
        PendingAppend append = waiting.poll();
        if (append == null) {
          break;
        }
        if (append.lastSequence <= sequence) {
          acks.completed(append);
        } else {
          waiting.add(append);
        }
      }
    }
    acks.flush();
  }

  /** The log has failed: nobody is told that it is on disk. */
  public synchronized void failAll(RingfoldException failure) {
    for (PendingAppend append = waiting.poll(); append != null; append = waiting.poll()) {
      append.decided = null;
      append.failure = failure;
      acks.completed(append);
    }
    acks.flush();
  }
}
