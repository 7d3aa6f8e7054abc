// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Builds one frame after another in a reused array; the bytes go to Chronicle in one write, so that
 * an exception can never leave half a frame behind. Used by one thread; allocates nothing.
 */
public final class FrameAssembler {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private final CRC32C crc = new CRC32C();
  private int length = FrameFormat.HEADER_LENGTH;
  private int count;

  /**
   * @param maxLength most bytes of a frame, header included
   */
  public FrameAssembler(int maxLength) {
    this.bytes = new byte[maxLength];
  }

  /** The frame's bytes, valid up to {@link #length()}. */
  public byte[] bytes() {
    return bytes;
  }

  /** Bytes so far, header included. */
  public int length() {
    return length;
  }

  /** Most bytes a frame can have, header included. */
  public int maxLength() {
    return bytes.length;
  }

  /** Events or records so far. */
  public int count() {
    return count;
  }

  /** Whether the body is empty. */
  public boolean isEmpty() {
    return count == 0;
  }

  /** Whether this many more bytes fit. */
  public boolean fits(int more) {
    return length + more <= bytes.length;
  }

  /** Forgets the body. */
  public void clear() {
    length = FrameFormat.HEADER_LENGTH;
    count = 0;
  }

  /** Copies encoded events or records behind the body; the caller has asked {@link #fits}. */
  public void add(byte[] source, int offset, int addedLength, int addedCount) {
    System.arraycopy(source, offset, bytes, length, addedLength);
    length += addedLength;
    count += addedCount;
  }

  /** Counts events whose bytes were added in pieces. */
  public void addCount(int addedCount) {
    count += addedCount;
  }

  /** Makes room for a record of this length and returns where it starts. */
  public int reserve(int addedLength) {
    int offset = length;
    length += addedLength;
    count++;
    return offset;
  }

  /** Fills in the header and the checksum; returns the checksum for the next frame's chain. */
  public int finish(
      int kind,
      long frameNumber,
      long firstSequence,
      long logTimeNanos,
      long durableSequence,
      int previousCrc,
      int session) {
    INT.set(bytes, FrameFormat.MAGIC_OFFSET, FrameFormat.MAGIC);
    bytes[FrameFormat.VERSION_OFFSET] = FrameFormat.VERSION;
    bytes[FrameFormat.KIND_OFFSET] = (byte) kind;
    bytes[FrameFormat.FLAGS_OFFSET] = 0;
    bytes[FrameFormat.FLAGS_OFFSET + 1] = 0;
    LONG.set(bytes, FrameFormat.FRAME_NUMBER_OFFSET, frameNumber);
    LONG.set(bytes, FrameFormat.FIRST_SEQUENCE_OFFSET, firstSequence);
    LONG.set(bytes, FrameFormat.LOG_TIME_OFFSET, logTimeNanos);
    LONG.set(bytes, FrameFormat.DURABLE_SEQUENCE_OFFSET, durableSequence);
    INT.set(bytes, FrameFormat.COUNT_OFFSET, count);
    INT.set(bytes, FrameFormat.BODY_LENGTH_OFFSET, length - FrameFormat.HEADER_LENGTH);
    INT.set(bytes, FrameFormat.KEY_EPOCH_OFFSET, 0);
    INT.set(bytes, FrameFormat.PREVIOUS_CRC_OFFSET, previousCrc);
    INT.set(bytes, FrameFormat.SESSION_OFFSET, session);
    crc.reset();
    crc.update(bytes, 0, FrameFormat.CRC_OFFSET);
    crc.update(bytes, FrameFormat.HEADER_LENGTH, length - FrameFormat.HEADER_LENGTH);
    int value = (int) crc.getValue();
    INT.set(bytes, FrameFormat.CRC_OFFSET, value);
    return value;
  }
}
