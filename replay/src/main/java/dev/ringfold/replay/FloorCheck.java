// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import dev.ringfold.EventLogReader;
import dev.ringfold.SegmentRetiredException;

/**
 * Asks, before anything is made or deleted, whether the events that it needs are still in the log.
 * Stateless.
 */
public final class FloorCheck {
  private FloorCheck() {}

  /**
   * Requires that the log holds the events from a sequence on.
   *
   * @param sequence the lowest one needed; 0 for what is folded from the begin
   * @throws SegmentRetiredException when retention has deleted it; it names the backup that has it,
   *     as far as the store knows of one
   */
  public static void require(EventLogReader log, long sequence) {
    long floor = log.floorSequence();
    if (sequence < floor) {
      throw SegmentRetiredException.of(log.directory(), Math.max(0, sequence), floor);
    }
  }
}
