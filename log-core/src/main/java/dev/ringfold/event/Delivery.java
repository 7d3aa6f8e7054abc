// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/** What happens to an event of a type when the ring has no room for it. */
public enum Delivery {
  /** The event is dropped, counted, and the drop is declared; the caller never waits. */
  LOSSY,
  /** The caller waits for room up to a timeout; the event is never dropped silently. */
  REQUIRED
}
