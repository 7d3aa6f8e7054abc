// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import java.util.List;

/**
 * What retention did.
 *
 * @param segments numbers of the segments that were deleted, ascending
 * @param bytes bytes of frames that were freed
 * @param floorSequence oldest sequence the log holds now
 * @param blocks who kept segments that the rule would delete
 * @param pendingBytes bytes of frames that they kept
 */
public record RetentionReport(
    List<Long> segments,
    long bytes,
    long floorSequence,
    List<RetentionPlan.Block> blocks,
    long pendingBytes) {
  /** Copies the lists. */
  public RetentionReport {
    segments = List.copyOf(segments);
    blocks = List.copyOf(blocks);
  }
}
