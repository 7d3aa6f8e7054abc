// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.save;

import dev.ringfold.EventLog;
import java.util.function.LongSupplier;

/**
 * Keeps the journal from the oldest checkpoint or state on: its events are the only place that says
 * which there are. Thread-safe.
 */
public final class OldestHold {
  private final EventLog log;
  private final String name;
  private final String reason;
  private final LongSupplier oldest;
  private long held = Long.MIN_VALUE;

  /**
   * A hold that is not set yet.
   *
   * @param name of the hold
   * @param reason for people
   * @param oldest gives the sequence of the oldest event that is needed now, -1 for none
   */
  public OldestHold(EventLog log, String name, String reason, LongSupplier oldest) {
    this.log = log;
    this.name = name;
    this.reason = reason;
    this.oldest = oldest;
  }

  /** Moves it to the oldest there is now. */
  public synchronized void update() {
    long now = oldest.getAsLong();
    if (now == held) {
      return;
    }
    if (now < 0) {
      log.holds().remove(name);
    } else {
      log.holds().put(name, now, reason);
    }
    held = now;
  }
}
