// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * Byte layout of one event inside a frame. Little-endian, no padding. The sequence is not stored:
 * it is the frame's first sequence plus the event's place in the frame.
 *
 * <pre>
 * offset size field
 *      0    4 length         of the whole event, this header included
 *      4    2 type           numeric type id, u16
 *      6    1 schemaVersion  u8, from 1
 *      7    1 flags          which optional blocks follow, see FLAG_ constants
 *      8    2 producer       u16 handle number; 0 is the log itself
 *     10    2 keyId          0, reserved for encryption
 *     12    4 stream         stream id
 *     16    8 eventTime      the caller's clock, nanoseconds since 1970
 *     24    . optional blocks in the order of their flag bits, then the payload
 *
 * FLAG_CONTEXT (bit 0):  correlation 16 bytes, causation i64 (a sequence, or -1)
 * FLAG_KEY (bit 1):      idempotency key 16 bytes, payload hash i64
 * FLAG_TAGS (bit 2):     n u8, then n times 16 bytes (hashes of the user-declared keys)
 * FLAG_GROUP (bit 3):    no bytes; this event and the next belong to one atomic group
 * </pre>
 */
public final class EventFormat {
  /** Bytes before the optional blocks. */
  public static final int HEADER_LENGTH = 24;

  public static final int LENGTH_OFFSET = 0;
  public static final int TYPE_OFFSET = 4;
  public static final int SCHEMA_VERSION_OFFSET = 6;
  public static final int FLAGS_OFFSET = 7;
  public static final int PRODUCER_OFFSET = 8;
  public static final int KEY_ID_OFFSET = 10;
  public static final int STREAM_OFFSET = 12;
  public static final int EVENT_TIME_OFFSET = 16;

  public static final int FLAG_CONTEXT = 1;
  public static final int FLAG_KEY = 1 << 1;
  public static final int FLAG_TAGS = 1 << 2;
  public static final int FLAG_GROUP = 1 << 3;

  /** Bytes of the context block. */
  public static final int CONTEXT_LENGTH = 24;

  /** Bytes of the idempotency key block. */
  public static final int KEY_LENGTH = 24;

  /** Bytes of one tag hash. */
  public static final int TAG_LENGTH = 16;

  /** Most tags on one event. */
  public static final int MAX_TAGS = 16;

  private EventFormat() {}
}
