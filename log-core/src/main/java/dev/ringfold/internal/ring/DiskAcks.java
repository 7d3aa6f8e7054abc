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
  private volatile int expected;

  public DiskAcks(AckThread acks) {
    this.acks = acks;
  }

  synchronized void add(PendingAppend append) {
    waiting.add(append);
  }

  synchronized int size() {
    return waiting.size();
  }

  /**
   * Appends that are likely to wait soon: those that were outstanding when the last force released
   * several at once, or 0 after one that released a single caller.
   */
  int expected() {
    return expected;
  }

  /** Everything at or below the sequence is on disk. */
  public void durable(long sequence) {
    int outstanding = acks.outstanding();
    int released = 0;
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
          released++;
        } else {
          waiting.add(append);
        }
      }
    }
    if (released > 0) {
      expected = released > 1 ? outstanding : 0;
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
