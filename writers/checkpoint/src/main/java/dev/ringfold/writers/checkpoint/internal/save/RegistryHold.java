// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.save;

import dev.ringfold.EventLog;

/**
 * Keeps the journal from the oldest checkpoint on: its events are the only place that says which
 * checkpoints there are. Used by one thread at a time.
 */
public final class RegistryHold {
  /** Name of the hold. */
  public static final String NAME = "checkpoints";

  private final EventLog log;
  private final Registry registry;
  private long held = Long.MIN_VALUE;

  /** A hold that is not set yet. */
  public RegistryHold(EventLog log, Registry registry) {
    this.log = log;
    this.registry = registry;
  }

  /** Moves it to the oldest checkpoint there is now. */
  public void update() {
    registry.catchUp();
    long oldest = registry.oldest();
    if (oldest == held) {
      return;
    }
    if (oldest < 0) {
      log.holds().remove(NAME);
    } else {
      log.holds().put(NAME, oldest, "the oldest checkpoint");
    }
    held = oldest;
  }
}
