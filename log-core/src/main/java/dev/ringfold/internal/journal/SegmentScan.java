// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.internal.journal.ScanResult.Stop;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads one segment from its begin to the first place that is not a valid next frame, and then looks
 * whether intact frames lie behind that place. Used by recovery, verify and index rebuild. Stateless.
 */
public final class SegmentScan {
  private SegmentScan() {}

  /** Scans a whole file. */
  public static ScanResult scan(Path file, ChainState before) {
    return scan(file, before, Long.MAX_VALUE, null);
  }

  /**
   * Scans a file.
   *
   * @param before the chain in front of the file's first frame
   * @param limit file offset that nothing is read at or behind; {@code Long.MAX_VALUE} for none
   * @param visitor sees each valid frame; may be null
   * @throws dev.ringfold.StoreAccessException when the file cannot be opened or read
   */
  public static ScanResult scan(
      Path file, ChainState before, long limit, @Nullable FrameVisitor visitor) {
    try (FrameReader reader = FrameReader.open(file)) {
      return scan(reader, before, limit, visitor);
    }
  }

  /** Scans the file a reader stands at the begin of. */
  public static ScanResult scan(
      FrameReader reader, ChainState before, long limit, @Nullable FrameVisitor visitor) {
    reader.headersOnly(false);
    reader.expect(before);
    long frames = 0;
    long firstLogTime = Long.MIN_VALUE;
    long endOffset = 0;
    long durable = -1;
    int session = 0;
    FrameStatus status = reader.next(limit);
    while (status == FrameStatus.FRAME) {
      firstLogTime = frames == 0 ? reader.logTime() : firstLogTime;
      frames++;
      endOffset = reader.nextOffset();
      durable = Math.max(durable, reader.durableSequence());
      session = reader.session();
      if (visitor != null) {
        visitor.visit(reader);
      }
      status = reader.next(limit);
    }
    String problem = problem(reader, status);
    long stopOffset = status == FrameStatus.DAMAGED ? reader.problemOffset() : reader.offset();
    ChainState after = frames == 0 ? before : reader.chain();
    ScanResult.Beyond beyond =
        FrameSearch.after(reader, stopOffset, limit, after.frameNumber(), session);
    Stop stop = beyond.frames() > 0 ? Stop.DAMAGED : problem == null ? Stop.CLEAN_END : Stop.TORN;
    if (stop == Stop.DAMAGED && problem == null) {
      problem = "nothing is written here, but intact frames follow";
    }
    return new ScanResult(
        frames,
        before.frameNumber() + 1,
        before.nextSequence(),
        after.nextSequence() - 1,
        firstLogTime,
        endOffset,
        after,
        durable,
        session,
        stop,
        stopOffset,
        problem,
        beyond);
  }

  private static @Nullable String problem(FrameReader reader, FrameStatus status) {
    if (status == FrameStatus.END) {
      return null;
    }
    return status == FrameStatus.INCOMPLETE ? "the document is not complete" : reader.problem();
  }
}
