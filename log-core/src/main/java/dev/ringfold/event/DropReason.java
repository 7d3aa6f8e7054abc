// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import dev.ringfold.EventCodecException;

/** Why an event offered to the log was not stored. The codes are stored and never change. */
public enum DropReason {
  /** The ring had no room. */
  RING_FULL(1),
  /** No room, or no answer, within the caller's timeout. */
  TIMEOUT(2),
  /** Free disk space is below the floor for LOSSY events. */
  DISK_LOW(3),
  /** Free disk space is below the floor for any event. */
  DISK_FULL(4),
  /** The event's expectation did not hold. */
  REJECTED(5),
  /** An event with the same idempotency key is stored already. */
  DUPLICATE(6),
  /** The process died while the event was in the ring. */
  CRASH(7),
  /** The log was closed. */
  CLOSED(8),
  /** The log had failed. */
  FAILED(9),
  /** The event does not fit a frame. */
  TOO_LARGE(10);

  private static final DropReason[] VALUES = values();

  private final int code;

  DropReason(int code) {
    this.code = code;
  }

  /** The stored code, 1 to 255. */
  public int code() {
    return code;
  }

  /**
   * The reason with this code.
   *
   * @throws EventCodecException when there is none
   */
  public static DropReason ofCode(int code) {
    if (code < 1 || code > VALUES.length) {
      throw new EventCodecException(
          "Unknown drop reason: expected a code from 1 to " + VALUES.length + ", found " + code);
    }
    return VALUES[code - 1];
  }
}
