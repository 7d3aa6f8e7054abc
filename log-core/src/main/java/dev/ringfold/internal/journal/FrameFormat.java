// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

/**
 * Byte layout of a frame, the payload of one Chronicle document. Little-endian, no padding.
 *
 * <pre>
 * offset size field
 *      0    4 magic            "RFLD" (0x444C4652 as a little-endian int)
 *      4    1 formatVersion    1
 *      5    1 kind             see the KIND_ constants
 *      6    2 flags            0, reserved
 *      8    8 frameNumber      dense over the whole store, from 0
 *     16    8 firstSequence    sequence of the first event; for frames without events the next one
 *     24    8 logTime          nanoseconds since 1970, never below the previous frame's
 *     32    8 durableSequence  newest sequence known to be on disk when this frame was written, or -1
 *     40    4 count            events (or records) in the body
 *     44    4 bodyLength       bytes after this header
 *     48    4 keyEpoch         0, reserved for encryption
 *     52    4 previousCrc      crc of the frame before this one, over segment borders; 0 for frame 0
 *     56    4 session          number of the open that wrote it, from 1
 *     60    4 crc              CRC32C over bytes [0, 60) and the body
 *     64    . body
 * </pre>
 *
 * In the file, Chronicle precedes each document with its own 4-byte header (low 30 bits length, bit
 * 30 metadata, bit 31 not complete) and aligns documents to 4 bytes.
 */
public final class FrameFormat {
  /** "RFLD" read as a little-endian int. */
  public static final int MAGIC = 0x444C4652;

  /** The only frame version so far. */
  public static final int VERSION = 1;

  /**
   * Body: {@code count} events (see EventFormat). The only kind whose count advances the sequence.
   */
  public static final int KIND_EVENTS = 1;

  /**
   * First frame of a segment that binds it to the chain. Body: storeId 16, segment i64, session
   * i32, reserved i32.
   */
  public static final int KIND_SEGMENT_START = 2;

  /** Body: {@code count} dictionary records (see Dictionary). */
  public static final int KIND_DICTIONARY = 3;

  /** Body: {@code count} pairs of stream id i32, version i64. */
  public static final int KIND_STREAM_VERSIONS = 4;

  /**
   * Body: {@code count} ledger entries of 40 bytes: session i32, producer u16, flags u16, name id
   * i32, reserved i32, offered i64, stored i64, dropped i64.
   */
  public static final int KIND_LEDGER = 5;

  /**
   * Body: nothing. Written by the background thread when it prepares a segment; not in the chain.
   */
  public static final int KIND_PREPARED = 6;

  /** Bytes of the frame header. */
  public static final int HEADER_LENGTH = 64;

  /** Where the CRC field lies; the CRC covers everything before it and the body. */
  public static final int CRC_OFFSET = 60;

  /** Most events in a frame, unless one atomic group is larger. */
  public static final int MAX_EVENTS = 256;

  /** Most bytes in a frame, header included. */
  public static final int MAX_LENGTH = 1 << 20;

  public static final int MAGIC_OFFSET = 0;
  public static final int VERSION_OFFSET = 4;
  public static final int KIND_OFFSET = 5;
  public static final int FLAGS_OFFSET = 6;
  public static final int FRAME_NUMBER_OFFSET = 8;
  public static final int FIRST_SEQUENCE_OFFSET = 16;
  public static final int LOG_TIME_OFFSET = 24;
  public static final int DURABLE_SEQUENCE_OFFSET = 32;
  public static final int COUNT_OFFSET = 40;
  public static final int BODY_LENGTH_OFFSET = 44;
  public static final int KEY_EPOCH_OFFSET = 48;
  public static final int PREVIOUS_CRC_OFFSET = 52;
  public static final int SESSION_OFFSET = 56;

  private FrameFormat() {}
}
