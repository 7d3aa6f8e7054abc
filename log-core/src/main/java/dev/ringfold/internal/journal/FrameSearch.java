// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.internal.journal.ScanResult.Beyond;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Looks for intact frames behind a damaged place, where document headers cannot be followed any
 * more: goes over the file in steps of 4 bytes, looks for the frame magic and checks the CRC of
 * what follows.
 */
final class FrameSearch {
  /**
   * Most work, in bytes, spent on candidates that turn out wrong; keeps hostile bytes full of
   * magics from costing quadratic time.
   */
  private static final long MAX_WASTED_BYTES = 1L << 30;

  /** What a wrong candidate costs besides its CRC. */
  private static final int CANDIDATE_COST = 1 << 10;

  /** Bytes looked at per read: few behind a frame, where the next one is near, then more. */
  private static final int MIN_STEP = 4 << 10;

  private static final int MAX_STEP = 256 << 10;

  private final FrameReader reader;
  private final long end;
  private final long afterFrame;
  private final int session;
  private final CRC32C crc32c = new CRC32C();

  /** Sees the bytes of each frame, which begin at index 0. */
  interface Found {
    void frame(ByteBuffer buffer, int length, long offset);
  }

  private final Found found;
  private long wasted;
  private long frames;
  private long firstOffset = -1;
  private long lastFrame = -1;
  private long lastSequence = -1;
  private long durable = -1;

  private FrameSearch(FrameReader reader, long end, long afterFrame, int session, Found found) {
    this.reader = reader;
    this.end = end;
    this.afterFrame = afterFrame;
    this.session = session;
    this.found = found;
  }

  /**
   * Searches from a document offset to the end of the file or the limit.
   *
   * @param afterFrame only frames with a higher number count
   * @param session only frames of this session count; 0 for any
   */
  static Beyond after(FrameReader reader, long from, long limit, long afterFrame, int session) {
    long end = Math.min(limit, reader.fileLength());
    FrameSearch search =
        new FrameSearch(reader, end, afterFrame, session, (buffer, length, at) -> {});
    boolean complete = search.run(DocumentScanner.align(from));
    if (search.frames == 0 && complete) {
      return Beyond.NONE;
    }
    return new Beyond(
        search.frames,
        search.firstOffset,
        search.lastFrame,
        search.lastSequence,
        search.durable,
        complete);
  }

  /** Visits all intact frames of a file; false when the search was given up. */
  static boolean visit(FrameReader reader, Found found) {
    return new FrameSearch(reader, reader.fileLength(), -1, 0, found).run(0);
  }

  private boolean run(long from) {
    ByteBuffer buffer = reader.buffer();
    long at = from;
    int step = MIN_STEP;
    while (at + FrameFormat.HEADER_LENGTH <= end) {
      int available = reader.readRaw(at, step, end);
      int next = find(buffer, available);
      if (next < 0) {
        at += Math.max(4, available & ~3);
        step = Math.min(step * 2, MAX_STEP);
        continue;
      }
      at += next;
      step = MIN_STEP;
      int length = frameAt(at);
      if (length == 0) {
        wasted += CANDIDATE_COST;
        if (wasted > MAX_WASTED_BYTES) {
          return false;
        }
      }
      at += length > 0 ? DocumentScanner.align(length) : 4;
    }
    return true;
  }

  /** Place of the next magic at a multiple of 4, or -1. */
  private static int find(ByteBuffer buffer, int available) {
    for (int i = 0; i + 4 <= available; i += 4) {
      if (buffer.getInt(i) == FrameFormat.MAGIC) {
        return i;
      }
    }
    return -1;
  }

  /** Length of the intact frame at a file offset, or 0. */
  private int frameAt(long at) {
    ByteBuffer buffer = reader.buffer();
    if (reader.readRaw(at, FrameFormat.HEADER_LENGTH, end) < FrameFormat.HEADER_LENGTH) {
      return 0;
    }
    int body = buffer.getInt(FrameFormat.BODY_LENGTH_OFFSET);
    int kind = buffer.get(FrameFormat.KIND_OFFSET);
    long number = buffer.getLong(FrameFormat.FRAME_NUMBER_OFFSET);
    boolean plausible =
        buffer.get(FrameFormat.VERSION_OFFSET) == FrameFormat.VERSION
            && kind >= FrameFormat.KIND_EVENTS
            && kind < FrameFormat.KIND_PREPARED
            && number > afterFrame
            && (session == 0 || buffer.getInt(FrameFormat.SESSION_OFFSET) == session)
            && body >= 0
            && body <= DocumentScanner.MAX_DOCUMENT_LENGTH - FrameFormat.HEADER_LENGTH
            && at + FrameFormat.HEADER_LENGTH + body <= end;
    int length = FrameFormat.HEADER_LENGTH + body;
    if (!plausible || reader.readRaw(at, length, end) < length || !crcMatches(buffer, length)) {
      return 0;
    }
    note(buffer, at, kind, number);
    found.frame(buffer, length, at);
    return length;
  }

  private boolean crcMatches(ByteBuffer buffer, int length) {
    ByteBuffer view = buffer.duplicate();
    crc32c.reset();
    crc32c.update(view.limit(FrameFormat.CRC_OFFSET).position(0));
    crc32c.update(view.limit(length).position(FrameFormat.HEADER_LENGTH));
    boolean matches = (int) crc32c.getValue() == buffer.getInt(FrameFormat.CRC_OFFSET);
    wasted += matches ? 0 : length;
    return matches;
  }

  private void note(ByteBuffer buffer, long at, int kind, long number) {
    if (frames++ == 0) {
      firstOffset = at - DocumentScanner.HEADER_LENGTH;
    }
    lastFrame = Math.max(lastFrame, number);
    durable = Math.max(durable, buffer.getLong(FrameFormat.DURABLE_SEQUENCE_OFFSET));
    if (kind == FrameFormat.KIND_EVENTS) {
      long last =
          buffer.getLong(FrameFormat.FIRST_SEQUENCE_OFFSET)
              + buffer.getInt(FrameFormat.COUNT_OFFSET)
              - 1;
      lastSequence = Math.max(lastSequence, last);
    }
  }
}
