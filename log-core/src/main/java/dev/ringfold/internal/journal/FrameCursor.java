// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.RingfoldException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of a store, of every kind, in order and over segment borders, while it is being
 * written or not; each has passed its checks. Begins with the first frame of the segment that holds
 * the floor. One thread; holds a lease while it reads.
 */
public final class FrameCursor implements AutoCloseable {
  private static final int STORE_ID_LENGTH = 16;

  private final JournalSource source;
  private final SegmentReader segments;
  private long segment = -1;

  /** Creates a cursor at the begin of a store. */
  public FrameCursor(JournalSource source) {
    this.source = source;
    this.segments = new SegmentReader(source, null);
  }

  /**
   * Goes on to the next frame.
   *
   * @return false when there is nothing more now
   * @throws dev.ringfold.CorruptJournalException when bytes that must be there are damaged
   * @throws dev.ringfold.SegmentRetiredException when retention has deleted what comes next
   */
  public boolean next() {
    if (!segments.next()) {
      return false;
    }
    FrameReader frame = segments.frames();
    if (frame.kind() == FrameFormat.KIND_SEGMENT_START) {
      segment = frame.buffer().getLong(frame.bodyOffset() + STORE_ID_LENGTH);
    }
    return true;
  }

  /** The frame after {@link #next} returned true; its bytes are valid until the next call. */
  public FrameReader frame() {
    return segments.frames();
  }

  /** Number of the segment that holds the frame; -1 before the first. */
  public long segment() {
    return segment;
  }

  /**
   * Goes to a place that was read before, so that the frame behind it comes next.
   *
   * @param lastSegment the segment it was in
   * @param offset file offset of its document, a hint; -1 when it is not known
   * @param last the chain as it was there
   * @return false when the store does not hold that frame, so that nothing continues it
   * @throws dev.ringfold.SegmentRetiredException when its segment was deleted
   */
  public boolean goBehind(long lastSegment, long offset, ChainState last) {
    SegmentEntry target = source.manifest().segment(lastSegment);
    segment = lastSegment;
    if (target != null && isThere(target, offset, last) && segments.begin(target)) {
      segments.frames().position(offset);
    } else {
      segments.seekSequence(Math.max(0, last.nextSequence() - 1));
    }
    while (next()) {
      FrameReader frame = segments.frames();
      if (frame.frameNumber() >= last.frameNumber()) {
        return frame.frameNumber() == last.frameNumber() && frame.crc() == last.crc();
      }
    }
    return false;
  }

  private boolean isThere(@Nullable SegmentEntry target, long offset, ChainState last) {
    if (target == null || offset < 0 || (offset & 3) != 0) {
      return false;
    }
    Path file = SegmentFiles.queueFile(source.store(), target.number());
    if (!Files.exists(file)) {
      return false;
    }
    try (FrameReader reader = FrameReader.open(file)) {
      reader.position(offset);
      return offset < reader.fileLength()
          && reader.next() == FrameStatus.FRAME
          && reader.frameNumber() == last.frameNumber()
          && reader.crc() == last.crc();
    } catch (RingfoldException e) {
      return false; // The way over the index finds out what is wrong.
    }
  }

  @Override
  public void close() {
    segments.close();
  }
}
