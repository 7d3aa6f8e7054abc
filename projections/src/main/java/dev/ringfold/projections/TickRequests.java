// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventLog;
import java.time.Instant;
import java.util.OptionalLong;

/** Asks the log for the time a projection waits for, once for each. Used by its worker's thread. */
final class TickRequests {
  private final EventLog log;
  private long requestedNanos = Long.MIN_VALUE;

  TickRequests(EventLog log) {
    this.log = log;
  }

  /** The projection was opened: what was asked for before is forgotten. */
  void begin() {
    requestedNanos = Long.MIN_VALUE;
  }

  /** Asks for this log time, if any and not asked for already. */
  void request(OptionalLong wanted) {
    if (wanted.isPresent() && wanted.getAsLong() != requestedNanos) {
      requestedNanos = wanted.getAsLong();
      log.requestTick(Instant.ofEpochSecond(0, requestedNanos));
    }
  }
}
