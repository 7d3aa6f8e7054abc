// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.internal.journal.ScanResult.Stop;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads one segment from its begin to the first place that is not a valid next frame, and then
 * looks whether intact frames lie behind that place. Used by recovery, verify and index rebuild.
 * Stateless.
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
   * @param before the chain in front of the file's first frame; null to take that frame as it comes
   * @param limit file offset that nothing is read at or behind; {@code Long.MAX_VALUE} for none
   * @param visitor sees each valid frame; may be null
   * @throws dev.ringfold.StoreAccessException when the file cannot be opened or read
   */
  public static ScanResult scan(
      Path file, @Nullable ChainState before, long limit, @Nullable FrameVisitor visitor) {
    try (FrameReader reader = FrameReader.open(file)) {
      return scan(reader, before, limit, visitor);
    }
  }

  /**
   * Scans a segment as the manifest has it: a sealed one up to its length, and without the events
   * that a fork has cut off.
   *
   * @param before the chain in front of its first frame; null to take that frame as it comes
   * @param visitor sees each valid frame; may be null
   */
  public static ScanResult scan(
      Path store,
      SegmentEntry entry,
      @Nullable ChainState before,
      @Nullable FrameVisitor visitor) {
    try (FrameReader reader = FrameReader.create()) {
      reader.reopen(SegmentFiles.queueFile(store, entry.number()), entry.lastShown());
      return scan(reader, before, entry.readLimit(), visitor);
    }
  }

  /** Scans the file a reader stands at the begin of. */
  public static ScanResult scan(
      FrameReader reader, @Nullable ChainState before, long limit, @Nullable FrameVisitor visitor) {
    reader.headersOnly(false);
    if (before == null) {
      reader.expectAny();
    } else {
      reader.expect(before);
    }
    ChainState start = before == null ? ChainState.START : before;
    long frames = 0;
    long firstLogTime = Long.MIN_VALUE;
    long endOffset = 0;
    long durable = -1;
    int session = 0;
    FrameStatus status = reader.next(limit);
    while (status == FrameStatus.FRAME) {
      if (frames++ == 0) {
        firstLogTime = reader.logTime();
        start = first(reader);
      }
      endOffset = reader.nextOffset();
      durable = Math.max(durable, reader.durableSequence());
      session = reader.session();
      if (visitor != null) {
        visitor.visit(reader);
      }
      status = reader.next(limit);
    }
    ChainState after = frames == 0 ? start : reader.chain();
    End end = end(reader, status, limit, after, session);
    return new ScanResult(
        frames,
        start.frameNumber() + 1,
        start.nextSequence(),
        after.nextSequence() - 1,
        firstLogTime,
        endOffset,
        after,
        durable,
        session,
        end.stop,
        end.offset,
        end.problem,
        end.beyond);
  }

  private record End(Stop stop, long offset, @Nullable String problem, ScanResult.Beyond beyond) {}

  /** The chain in front of the frame a reader stands at. */
  private static ChainState first(FrameReader reader) {
    return new ChainState(
        reader.frameNumber() - 1, reader.previousCrc(), reader.firstSequence(), Long.MIN_VALUE);
  }

  private static End end(
      FrameReader reader, FrameStatus status, long limit, ChainState after, int session) {
    String problem = problem(reader, status);
    long offset = status == FrameStatus.DAMAGED ? reader.problemOffset() : reader.offset();
    ScanResult.Beyond beyond =
        FrameSearch.after(reader, offset, limit, after.frameNumber(), session);
    if (beyond.frames() > 0 && status != FrameStatus.DAMAGED) {
      reader.position(offset);
      reader.expect(after);
      if (reader.next(limit) == FrameStatus.FRAME) {
        // A writer is at work: what was found behind was written after we had been here.
        return new End(Stop.CLEAN_END, offset, null, ScanResult.Beyond.NONE);
      }
    }
    if (beyond.frames() > 0) {
      String hole = "nothing is written here, but intact frames follow";
      return new End(Stop.DAMAGED, offset, problem == null ? hole : problem, beyond);
    }
    return new End(problem == null ? Stop.CLEAN_END : Stop.TORN, offset, problem, beyond);
  }

  private static @Nullable String problem(FrameReader reader, FrameStatus status) {
    if (status == FrameStatus.END) {
      return null;
    }
    return status == FrameStatus.INCOMPLETE ? "the document is not complete" : reader.problem();
  }
}
