// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import dev.ringfold.EventCodecException;

/** How a log is doing. The codes are stored and never change. */
public enum HealthState {
  /** Everything is accepted. */
  OPEN(1),
  /** Disk space is low: LOSSY events are dropped. */
  LOW(2),
  /** The disk is full: nothing is accepted until space is freed. */
  FULL(3),
  /** A write or force failed; the log stopped for good. */
  FAILED(4),
  /** The log was closed. */
  CLOSED(5);

  private static final HealthState[] VALUES = values();

  private final int code;

  HealthState(int code) {
    this.code = code;
  }

  /** The stored code, 1 to 255. */
  public int code() {
    return code;
  }

  /**
   * The state with this code.
   *
   * @throws EventCodecException when there is none
   */
  public static HealthState ofCode(int code) {
    if (code < 1 || code > VALUES.length) {
      throw new EventCodecException(
          "Unknown health state: expected a code from 1 to " + VALUES.length + ", found " + code);
    }
    return VALUES[code - 1];
  }
}
