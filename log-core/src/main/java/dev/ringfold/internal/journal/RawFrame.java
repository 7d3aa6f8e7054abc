// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.event.EventFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One frame outside of a segment file, for example in a backup: its bytes as {@link FrameFormat}
 * lays them out, and what they say. Used again for the next frame; one thread.
 */
public final class RawFrame {
  /** Most bytes of a frame, header included. */
  public static final int MAX_LENGTH = DocumentScanner.MAX_DOCUMENT_LENGTH;

  private final byte[] bytes = new byte[MAX_LENGTH];
  private final ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  private final CRC32C crc32c = new CRC32C();
  private int length;

  /** Creates a frame without bytes. */
  public RawFrame() {}

  /** Where the bytes go, from 0; the caller says {@link #length(int)} afterwards. */
  public byte[] bytes() {
    return bytes;
  }

  /** How many bytes there are. */
  public int length() {
    return length;
  }

  /** Says how many bytes the frame has. */
  public void length(int newLength) {
    if (newLength < 0 || newLength > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "a frame has at most " + MAX_LENGTH + " bytes but was given " + newLength);
    }
    length = newLength;
  }

  /** Takes the frame that a reader stands at. */
  public void copy(FrameReader frame) {
    int begin = frame.bodyOffset() - FrameFormat.HEADER_LENGTH;
    // Of a frame that a fork has cut the reader shows less than there is.
    int body = frame.buffer().getInt(begin + FrameFormat.BODY_LENGTH_OFFSET);
    length(FrameFormat.HEADER_LENGTH + body);
    frame.buffer().get(begin, bytes, 0, length);
  }

  /** Takes a frame that begins at an index of a buffer. */
  public void copy(ByteBuffer source, int index, int newLength) {
    length(newLength);
    source.get(index, bytes, 0, newLength);
  }

  /** What is wrong with the bytes; null when they are an intact frame of the chain. */
  public @Nullable String problem() {
    if (length < FrameFormat.HEADER_LENGTH) {
      return "a frame has at least " + FrameFormat.HEADER_LENGTH + " bytes, found " + length;
    }
    int magic = view.getInt(FrameFormat.MAGIC_OFFSET);
    if (magic != FrameFormat.MAGIC) {
      return mismatch("frame magic", FrameFormat.MAGIC, magic);
    }
    int computed = computeCrc();
    if (computed != crc()) {
      return mismatch("frame CRC", crc(), computed);
    }
    if (bytes[FrameFormat.VERSION_OFFSET] != FrameFormat.VERSION) {
      return "unknown frame version " + (bytes[FrameFormat.VERSION_OFFSET] & 0xFF);
    }
    if (kind() < FrameFormat.KIND_EVENTS || kind() >= FrameFormat.KIND_PREPARED) {
      return "a frame of kind " + kind() + " is not in the chain";
    }
    int body = length - FrameFormat.HEADER_LENGTH;
    if (view.getInt(FrameFormat.BODY_LENGTH_OFFSET) != body) {
      return "the body should have "
          + body
          + " bytes, the frame says "
          + view.getInt(FrameFormat.BODY_LENGTH_OFFSET);
    }
    boolean possible = count() >= 0 && count() <= body;
    return possible ? null : "impossible count " + count() + " for a body of " + body + " bytes";
  }

  /** What keeps the frame from following this place in the chain; null when it does follow. */
  public @Nullable String breakAfter(ChainState before) {
    if (frameNumber() != before.frameNumber() + 1) {
      return "expected frame " + (before.frameNumber() + 1) + " but found " + frameNumber();
    }
    if (previousCrc() != before.crc()) {
      return mismatch("CRC of the frame before", before.crc(), previousCrc());
    }
    if (firstSequence() != before.nextSequence()) {
      return "expected sequence " + before.nextSequence() + " but found " + firstSequence();
    }
    return logTime() < before.logTimeNanos()
        ? "log time goes back from " + before.logTimeNanos() + " to " + logTime()
        : null;
  }

  /** The chain behind this frame. */
  public ChainState chain() {
    return new ChainState(frameNumber(), crc(), firstSequence() + eventCount(), logTime());
  }

  private int computeCrc() {
    crc32c.reset();
    crc32c.update(bytes, 0, FrameFormat.CRC_OFFSET);
    crc32c.update(bytes, FrameFormat.HEADER_LENGTH, length - FrameFormat.HEADER_LENGTH);
    return (int) crc32c.getValue();
  }

  private static String mismatch(String what, int expected, int found) {
    return String.format(Locale.ROOT, "%s should be %08x but is %08x", what, expected, found);
  }

  /** A {@code FrameFormat.KIND_} constant. */
  public int kind() {
    return bytes[FrameFormat.KIND_OFFSET];
  }

  /** Number of the frame in its store. */
  public long frameNumber() {
    return view.getLong(FrameFormat.FRAME_NUMBER_OFFSET);
  }

  /** Sequence of the first event, or the next sequence for a frame without events. */
  public long firstSequence() {
    return view.getLong(FrameFormat.FIRST_SEQUENCE_OFFSET);
  }

  /** Log time, nanoseconds since 1970. */
  public long logTime() {
    return view.getLong(FrameFormat.LOG_TIME_OFFSET);
  }

  /** Newest sequence known to be on disk when the frame was written, or -1. */
  public long durableSequence() {
    return view.getLong(FrameFormat.DURABLE_SEQUENCE_OFFSET);
  }

  /** Events or records in the body. */
  public int count() {
    return view.getInt(FrameFormat.COUNT_OFFSET);
  }

  /** Events in the body. */
  public int eventCount() {
    return kind() == FrameFormat.KIND_EVENTS ? count() : 0;
  }

  /** Sequence of the last event; below {@link #firstSequence} when there is none. */
  public long lastSequence() {
    return firstSequence() + eventCount() - 1;
  }

  /** Bytes of the body. */
  public int bodyLength() {
    return length - FrameFormat.HEADER_LENGTH;
  }

  /** CRC of the frame before. */
  public int previousCrc() {
    return view.getInt(FrameFormat.PREVIOUS_CRC_OFFSET);
  }

  /** Number of the open that wrote it. */
  public int session() {
    return view.getInt(FrameFormat.SESSION_OFFSET);
  }

  /** CRC of this frame. */
  public int crc() {
    return view.getInt(FrameFormat.CRC_OFFSET);
  }

  /** The bytes, little-endian; do not change its position or limit. */
  public ByteBuffer buffer() {
    return view;
  }

  /**
   * Where an event begins, counted from the begin of the frame; for the number of events in the
   * frame, its end.
   *
   * @param event from 0
   * @return -1 when the events do not fit the frame
   */
  public int eventOffset(int event) {
    int at = FrameFormat.HEADER_LENGTH;
    for (int i = 0; i < event; i++) {
      if (EventBounds.payloadOffset(view, at, length) < 0) {
        return -1;
      }
      at += view.getInt(at + EventFormat.LENGTH_OFFSET);
    }
    return at;
  }

  /** Whether an event and the next one belong to one atomic group. */
  public boolean groupContinues(int event) {
    int at = eventOffset(event);
    return at >= 0
        && at + EventFormat.HEADER_LENGTH <= length
        && (bytes[at + EventFormat.FLAGS_OFFSET] & EventFormat.FLAG_GROUP) != 0;
  }
}
