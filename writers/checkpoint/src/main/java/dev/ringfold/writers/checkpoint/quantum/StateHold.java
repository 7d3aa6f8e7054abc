// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.EventLog;

/**
 * Keeps the journal from the oldest state on: its events are the only place that says which states
 * there are. Thread-safe.
 */
final class StateHold {
  /** Name of the hold. */
  static final String NAME = "quantum";

  private final EventLog log;
  private final StateRegistry registry;
  private long held = Long.MIN_VALUE;

  StateHold(EventLog log, StateRegistry registry) {
    this.log = log;
    this.registry = registry;
  }

  /** Moves it to the oldest version there is now. */
  synchronized void update() {
    long oldest = registry.oldest();
    if (oldest == held) {
      return;
    }
    if (oldest < 0) {
      log.holds().remove(NAME);
    } else {
      log.holds().put(NAME, oldest, "the oldest quantum state");
    }
    held = oldest;
  }
}
