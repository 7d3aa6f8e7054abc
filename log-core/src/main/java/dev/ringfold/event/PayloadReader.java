// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import dev.ringfold.EventCodecException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Reads a payload that {@link PayloadWriter} wrote. A flyweight over a buffer, reused with {@link
 * #wrap}; ignores the buffer's byte order, position and limit's changes. Not thread-safe.
 *
 * <p>Every read is checked against the end of the payload and throws {@link EventCodecException}
 * with offset, expected and found; a length read from the data never allocates more than the bytes
 * that are there.
 */
public final class PayloadReader {
  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);

  private ByteBuffer buffer = EMPTY;
  private int start;
  private int position;
  private int end;

  /** Creates a reader of an empty payload. */
  public PayloadReader() {}

  /**
   * Begins reading {@code length} bytes at {@code offset}.
   *
   * @return this
   */
  public PayloadReader wrap(ByteBuffer buffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, buffer.limit());
    this.buffer = buffer;
    this.start = offset;
    this.position = offset;
    this.end = offset + length;
    return this;
  }

  /** Begins reading a whole array. */
  public PayloadReader wrap(byte[] payload) {
    return wrap(ByteBuffer.wrap(payload), 0, payload.length);
  }

  /** Bytes of the whole payload. */
  public int length() {
    return end - start;
  }

  /** Bytes read so far. */
  public int position() {
    return position - start;
  }

  /** Bytes not yet read. */
  public int remaining() {
    return end - position;
  }

  /** Reads a signed byte. */
  public byte readByte() {
    return buffer.get(claim(Byte.BYTES, "a byte"));
  }

  /** Reads a byte as 0 to 255. */
  public int readUnsignedByte() {
    return readByte() & 0xFF;
  }

  /** Reads a byte that must be 0 or 1. */
  public boolean readBoolean() {
    byte value = readByte();
    if (value != 0 && value != 1) {
      throw invalid(position - 1, "a boolean, 0 or 1", Integer.toString(value));
    }
    return value == 1;
  }

  /** Reads a signed 2-byte value. */
  public short readShort() {
    return (short) LittleEndian.SHORT_BUFFER.get(buffer, claim(Short.BYTES, "a short"));
  }

  /** Reads a 2-byte value as 0 to 65,535. */
  public int readUnsignedShort() {
    return readShort() & 0xFFFF;
  }

  /** Reads 4 bytes. */
  public int readInt() {
    return (int) LittleEndian.INT_BUFFER.get(buffer, claim(Integer.BYTES, "an int"));
  }

  /** Reads 8 bytes. */
  public long readLong() {
    return (long) LittleEndian.LONG_BUFFER.get(buffer, claim(Long.BYTES, "a long"));
  }

  /** Reads 4 bytes. */
  public float readFloat() {
    return Float.intBitsToFloat(readInt());
  }

  /** Reads 8 bytes. */
  public double readDouble() {
    return Double.longBitsToDouble(readLong());
  }

  /** Reads a string of any length; malformed UTF-8 is refused. */
  public String readString() {
    return readString(PayloadWriter.MAX_PAYLOAD_LENGTH);
  }

  /** Reads a string of at most {@code maxLength} UTF-8 bytes; malformed UTF-8 is refused. */
  public String readString(int maxLength) {
    int lengthOffset = position;
    byte[] utf8 = readBytes(maxLength);
    String value = new String(utf8, StandardCharsets.UTF_8);
    if (value.indexOf('\uFFFD') < 0) {
      return value;
    }
    // A replacement character is either in the bytes or the sign of malformed ones.
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new EventCodecException(
          where(lengthOffset)
              + "expected a string of "
              + utf8.length
              + " bytes of UTF-8, found malformed bytes. "
              + remedy(),
          e);
    }
  }

  /** Reads a length and that many bytes. */
  public byte[] readBytes() {
    return readBytes(PayloadWriter.MAX_PAYLOAD_LENGTH);
  }

  /** Reads a length of at most {@code maxLength} and that many bytes. */
  public byte[] readBytes(int maxLength) {
    int lengthOffset = position;
    int length = readInt();
    if (length < 0 || length > maxLength || length > remaining()) {
      position = lengthOffset;
      throw invalid(
          lengthOffset,
          "a length of at most " + Math.min(maxLength, Math.max(0, remaining() - Integer.BYTES)),
          Integer.toUnsignedString(length));
    }
    return readRaw(length);
  }

  /** Reads {@code length} bytes that have no length before them. */
  public byte[] readRaw(int length) {
    if (length < 0) {
      throw new IllegalArgumentException("length must be >= 0 but was " + length);
    }
    int at = claim(length, "bytes");
    byte[] bytes = new byte[length];
    buffer.get(at, bytes);
    return bytes;
  }

  /**
   * Reads a 4-byte count of elements and checks that so many can still follow, so that a codec may
   * size a collection by it.
   *
   * @param minElementLength fewest bytes of one element, from 1
   */
  public int readCount(int minElementLength) {
    if (minElementLength < 1) {
      throw new IllegalArgumentException(
          "minElementLength must be >= 1 but was " + minElementLength);
    }
    int at = position;
    int count = readInt();
    int most = remaining() / minElementLength;
    if (count < 0 || count > most) {
      throw invalid(at, "a count of at most " + most, Integer.toUnsignedString(count));
    }
    return count;
  }

  /** Skips bytes. */
  public void skip(int length) {
    if (length < 0) {
      throw new IllegalArgumentException("length must be >= 0 but was " + length);
    }
    claim(length, "bytes to skip");
  }

  /** Checks that the whole payload was read. */
  public void expectEnd() {
    if (position != end) {
      throw invalid(position, "the end of the payload", remaining() + " more bytes");
    }
  }

  /**
   * The exception for a value the codec cannot accept.
   *
   * @param offset where in the payload, as {@link #position} counts
   */
  public EventCodecException invalidValue(int offset, String expected, String found) {
    return invalid(start + offset, expected, found);
  }

  private int claim(int bytes, String what) {
    int at = position;
    if (bytes > end - at) {
      throw invalid(at, what + " (" + bytes + " bytes)", (end - at) + " bytes");
    }
    position = at + bytes;
    return at;
  }

  private EventCodecException invalid(int at, String expected, String found) {
    return new EventCodecException(
        where(at) + "expected " + expected + ", found " + found + ". " + remedy());
  }

  private String where(int at) {
    return "Payload of " + length() + " bytes at offset " + (at - start) + ": ";
  }

  private static String remedy() {
    return "Check that the event's codec and schema version are those that wrote it.";
  }
}
