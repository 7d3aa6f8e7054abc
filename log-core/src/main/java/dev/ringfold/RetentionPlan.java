// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import java.time.Duration;
import java.util.List;

/**
 * What {@link Retention#apply} would do now; making a plan changes nothing.
 *
 * @param rule what was asked for
 * @param segments segments that would be deleted, oldest first
 * @param bytes bytes of their frames
 * @param floorSequence oldest sequence the log would hold afterwards
 * @param blocks who keeps segments that the rule would delete
 * @param pendingBytes bytes of frames that the rule would delete and that are kept for now
 */
public record RetentionPlan(
    RetentionRule rule,
    List<Segment> segments,
    long bytes,
    long floorSequence,
    List<Block> blocks,
    long pendingBytes) {

  /** A segment that would be deleted; {@code lastSequence < firstSequence} when it has no event. */
  public record Segment(long number, long firstSequence, long lastSequence, long bytes) {}

  /** Who keeps segments. */
  public enum Keeper {
    /** A saved position that holds retention back. */
    POSITION,
    /** A hold, for example of a projection without a snapshot or of a fork. */
    HOLD,
    /** A tailer in this process; it is waited for as long as {@code lease-grace} says. */
    TAILER,
    /** A tailer in another process; it is waited for as long as {@code lease-grace} says. */
    LEASE
  }

  /**
   * One that keeps segments.
   *
   * @param name of the position, hold, tailer or lease
   * @param firstSegmentKept it needs this segment and those that follow
   * @param reason for people
   * @param grace how long it is waited for from the first {@code apply} on; zero for positions and
   *     holds, which are waited for until they move
   */
  public record Block(
      Keeper keeper, String name, long firstSegmentKept, String reason, Duration grace) {}

  /** Copies the lists. */
  public RetentionPlan {
    segments = List.copyOf(segments);
    blocks = List.copyOf(blocks);
  }

  /** Whether there is nothing to delete now. */
  public boolean isEmpty() {
    return segments.isEmpty();
  }
}
