// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.event.EventFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.CRC32C;

/** Builds frames that follow each other in one chain, independent of the product's writer. */
final class FrameBuilder {
  private final int session;
  private long frameNumber;
  private int previousCrc;
  private long nextSequence;

  FrameBuilder(ChainState before, int session) {
    this.frameNumber = before.frameNumber() + 1;
    this.previousCrc = before.crc();
    this.nextSequence = before.nextSequence();
    this.session = session;
  }

  long nextSequence() {
    return nextSequence;
  }

  long nextFrame() {
    return frameNumber;
  }

  int previousCrc() {
    return previousCrc;
  }

  byte[] events(long logTime, long durable, List<byte[]> events) {
    int length = events.stream().mapToInt(e -> e.length).sum();
    ByteBuffer body = ByteBuffer.allocate(length);
    events.forEach(body::put);
    return frame(FrameFormat.KIND_EVENTS, events.size(), body.array(), logTime, durable);
  }

  byte[] segmentStart(byte[] storeId, long segment, long logTime) {
    ByteBuffer body = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    body.put(storeId).putLong(segment).putInt(session).putInt(0);
    return frame(FrameFormat.KIND_SEGMENT_START, 1, body.array(), logTime, -1);
  }

  byte[] dictionary(byte[] records, int count, long logTime) {
    return frame(FrameFormat.KIND_DICTIONARY, count, records, logTime, -1);
  }

  byte[] prepared() {
    return encode(FrameFormat.KIND_PREPARED, 0, new byte[0], 0, -1, 0, 0, 0, FrameFormat.VERSION);
  }

  byte[] frame(int kind, int count, byte[] body, long logTime, long durable) {
    byte[] frame =
        encode(
            kind,
            count,
            body,
            logTime,
            durable,
            frameNumber,
            nextSequence,
            previousCrc,
            FrameFormat.VERSION);
    frameNumber++;
    nextSequence += kind == FrameFormat.KIND_EVENTS ? count : 0;
    previousCrc = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).getInt(60);
    return frame;
  }

  byte[] encode(
      int kind,
      int count,
      byte[] body,
      long logTime,
      long durable,
      long number,
      long firstSequence,
      int previous,
      int version) {
    ByteBuffer frame = ByteBuffer.allocate(64 + body.length).order(ByteOrder.LITTLE_ENDIAN);
    frame.putInt(0x444C4652).put((byte) version).put((byte) kind).putShort((short) 0);
    frame.putLong(number).putLong(firstSequence).putLong(logTime).putLong(durable);
    frame.putInt(count).putInt(body.length).putInt(0).putInt(previous).putInt(session);
    frame.putInt(0).put(body);
    CRC32C crc = new CRC32C();
    crc.update(frame.array(), 0, 60);
    crc.update(frame.array(), 64, body.length);
    return frame.putInt(60, (int) crc.getValue()).array();
  }

  static byte[] event(int type, int stream, long eventTime, byte[] payload) {
    return event(type, stream, eventTime, 0, new byte[0], payload);
  }

  static byte[] event(
      int type, int stream, long eventTime, int flags, byte[] blocks, byte[] payload) {
    int length = EventFormat.HEADER_LENGTH + blocks.length + payload.length;
    ByteBuffer event = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    event.putInt(length).putShort((short) type).put((byte) 1).put((byte) flags);
    event.putShort((short) 7).putShort((short) 0).putInt(stream).putLong(eventTime);
    return event.put(blocks).put(payload).array();
  }
}
