// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link SegmentScan} found in one segment file.
 *
 * @param frames valid frames of the chain, from the begin to the first damage
 * @param firstFrameNumber number of the first frame, or the one expected when there is none
 * @param firstSequence sequence of the first event, or the next sequence when there is none
 * @param lastSequence sequence of the last event; {@code firstSequence - 1} when there is none
 * @param firstLogTime log time of the first frame, {@code Long.MIN_VALUE} when there is none
 * @param endOffset file offset just behind the last valid frame; where a segment is sealed
 * @param after the chain after the last valid frame
 * @param durableSequence highest durable sequence a valid frame names, -1 when none does
 * @param session session of the last valid frame, 0 when there is none
 * @param stop why the scan ended
 * @param stopOffset file offset where it ended
 * @param problem what is wrong there; null after a clean end
 * @param beyond valid frames behind the stop; {@link Beyond#NONE} when there are none
 */
public record ScanResult(
    long frames,
    long firstFrameNumber,
    long firstSequence,
    long lastSequence,
    long firstLogTime,
    long endOffset,
    ChainState after,
    long durableSequence,
    int session,
    Stop stop,
    long stopOffset,
    @Nullable String problem,
    Beyond beyond) {

  /** Why a scan ended. */
  public enum Stop {
    /** Nothing is written here, and no valid frame lies behind. */
    CLEAN_END,
    /** An unfinished or invalid document, and no valid frame lies behind: a cut tail. */
    TORN,
    /** Valid frames of this session lie behind: bytes in the middle are damaged or missing. */
    DAMAGED
  }

  /**
   * Intact frames found behind the place where the scan ended. After a loss of power pages reach
   * the disk in any order, so such frames prove corruption only together with a watermark.
   *
   * @param frames how many were found
   * @param firstOffset file offset of the first one's document
   * @param lastFrameNumber highest frame number among them
   * @param lastSequence highest sequence among them, -1 when they hold no events
   * @param durableSequence highest durable sequence they name, -1 when none does
   * @param complete whether the search came to the end of the file within its budget
   */
  public record Beyond(
      long frames,
      long firstOffset,
      long lastFrameNumber,
      long lastSequence,
      long durableSequence,
      boolean complete) {
    /** Nothing was found behind. */
    public static final Beyond NONE = new Beyond(0, -1, -1, -1, -1, true);
  }

  /** Whether intact frames lie behind the place where the scan ended. */
  public boolean validFrameAfter() {
    return beyond.frames() > 0;
  }

  /** Highest durable sequence that any intact frame of the file names, -1 when none does. */
  public long highestDurableSequence() {
    return Math.max(durableSequence, beyond.durableSequence());
  }

  /** Sequence of the first event that could not be read, or the next one after a clean end. */
  public long firstBadSequence() {
    return after.nextSequence();
  }
}
