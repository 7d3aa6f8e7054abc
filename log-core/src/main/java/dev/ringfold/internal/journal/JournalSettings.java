// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.LogConfig;
import dev.ringfold.LogOption;

/**
 * What the journal's threads need of the configuration, with sizes that depend on the disk worked
 * out.
 *
 * @param segmentBytes a segment is closed at this size
 * @param segmentAgeNanos and at this age, 0 = never
 * @param blockBytes Chronicle's mapping block
 * @param maxFrameBytes most bytes of a frame; Chronicle corrupts documents near a quarter of a
 *     block
 * @param reserveBytes kept allocated for the log's own facts
 * @param lowSpaceBytes first floor
 * @param fullSpaceBytes second floor
 * @param forceIntervalNanos unforced bytes wait at most this long
 * @param forceBytes and are at most this many
 */
public record JournalSettings(
    long segmentBytes,
    long segmentAgeNanos,
    int blockBytes,
    int maxFrameBytes,
    long reserveBytes,
    long lowSpaceBytes,
    long fullSpaceBytes,
    long forceIntervalNanos,
    long forceBytes) {
  private static final long LOW_SPACE_CAP = 1L << 30;
  private static final long FULL_SPACE_CAP = 256L << 20;
  private static final long INITIAL_AHEAD_BYTES = 8L << 20;

  /** Reads the configuration; floors left at 0 become a share of the disk. */
  public static JournalSettings from(LogConfig config, long diskTotalBytes) {
    int block = (int) config.value(LogOption.BLOCK_BYTES);
    long low = config.value(LogOption.LOW_SPACE_BYTES);
    long full = config.value(LogOption.FULL_SPACE_BYTES);
    return new JournalSettings(
        config.value(LogOption.SEGMENT_BYTES),
        config.value(LogOption.SEGMENT_AGE),
        block,
        Math.min(FrameFormat.MAX_LENGTH, block / 8),
        config.value(LogOption.RESERVE_BYTES),
        low != 0 ? low : Math.min(LOW_SPACE_CAP, diskTotalBytes / 10),
        full != 0 ? full : Math.min(FULL_SPACE_CAP, diskTotalBytes / 20),
        config.value(LogOption.FORCE_INTERVAL),
        config.value(LogOption.FORCE_BYTES));
  }

  /** Bytes of a whole segment with what is kept free behind it. */
  long fullAllocationBytes() {
    return segmentBytes + reserveBytes + SegmentWriter.INDEX_SLACK_BYTES + 2L * maxFrameBytes;
  }

  /** Bytes allocated when a segment is created. */
  long initialAllocationBytes() {
    return reserveBytes
        + SegmentWriter.INDEX_SLACK_BYTES
        + Math.min(INITIAL_AHEAD_BYTES, Math.max(segmentBytes, 2L * maxFrameBytes));
  }
}
