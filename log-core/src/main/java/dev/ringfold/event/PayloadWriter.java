// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import dev.ringfold.EventCodecException;
import dev.ringfold.EventTooLargeException;
import java.util.Arrays;
import java.util.Objects;

/**
 * Writes a payload, little-endian and without padding, into a byte array that grows up to a limit.
 * Writing allocates nothing unless the array must grow. Not thread-safe; made to be reused with
 * {@link #reset}.
 *
 * <p>Every {@code putX} throws {@link EventTooLargeException} when the payload would exceed the
 * limit; what was written before stays, the failed value is not written.
 */
public final class PayloadWriter {
  /**
   * Most bytes of one payload: a frame of 1 MiB minus the frame's and the event's header and every
   * optional block, so that an event's envelope never decides whether its payload fits.
   */
  public static final int MAX_PAYLOAD_LENGTH =
      (1 << 20)
          - 64
          - EventFormat.HEADER_LENGTH
          - EventFormat.CONTEXT_LENGTH
          - EventFormat.KEY_LENGTH
          - (1 + EventFormat.MAX_TAGS * EventFormat.TAG_LENGTH);

  private static final int DEFAULT_CAPACITY = 512;

  /** A bound on the caller's own bytes before the payload, so that sizes fit an int. */
  private static final int MAX_START = 1 << 20;

  private final int maxLength;
  private byte[] array;
  private int start;
  private int position;

  /** Creates a writer with a small array and the limit {@link #MAX_PAYLOAD_LENGTH}. */
  public PayloadWriter() {
    this(DEFAULT_CAPACITY, MAX_PAYLOAD_LENGTH);
  }

  /**
   * Creates a writer.
   *
   * @param initialCapacity bytes of the first array
   * @param maxLength most bytes of a payload, 0 to {@link #MAX_PAYLOAD_LENGTH}
   */
  public PayloadWriter(int initialCapacity, int maxLength) {
    if (maxLength < 0 || maxLength > MAX_PAYLOAD_LENGTH) {
      throw new IllegalArgumentException(
          "maxLength must be 0 to " + MAX_PAYLOAD_LENGTH + " but was " + maxLength);
    }
    if (initialCapacity < 0 || initialCapacity > MAX_START + MAX_PAYLOAD_LENGTH) {
      throw new IllegalArgumentException(
          "initialCapacity must be 0 to "
              + (MAX_START + MAX_PAYLOAD_LENGTH)
              + " but was "
              + initialCapacity);
    }
    this.maxLength = maxLength;
    this.array = new byte[initialCapacity];
  }

  /**
   * Begins a new payload at {@code start}; the bytes before it belong to the caller and survive
   * growth.
   */
  public void reset(int start) {
    if (start < 0 || start > MAX_START) {
      throw new IllegalArgumentException("start must be 0 to " + MAX_START + " but was " + start);
    }
    if (start > array.length) {
      array = Arrays.copyOf(array, start + DEFAULT_CAPACITY);
    }
    this.start = start;
    this.position = start;
  }

  /** The array written into. Growing replaces it, so ask again after each write. */
  public byte[] array() {
    return array;
  }

  /** Offset in {@link #array} of the next byte. */
  public int position() {
    return position;
  }

  /** Offset in {@link #array} of the payload's first byte. */
  public int start() {
    return start;
  }

  /** Bytes of the payload so far. */
  public int length() {
    return position - start;
  }

  /** A copy of the payload so far. */
  public byte[] toByteArray() {
    return Arrays.copyOfRange(array, start, position);
  }

  /** Writes the low 8 bits. */
  public void putByte(int value) {
    int at = claim(Byte.BYTES);
    array[at] = (byte) value;
  }

  /** Writes one byte, 1 or 0. */
  public void putBoolean(boolean value) {
    putByte(value ? 1 : 0);
  }

  /** Writes the low 16 bits. */
  public void putShort(int value) {
    int at = claim(Short.BYTES);
    LittleEndian.SHORT_BYTES.set(array, at, (short) value);
  }

  /** Writes 4 bytes. */
  public void putInt(int value) {
    int at = claim(Integer.BYTES);
    LittleEndian.INT_BYTES.set(array, at, value);
  }

  /** Writes 8 bytes. */
  public void putLong(long value) {
    int at = claim(Long.BYTES);
    LittleEndian.LONG_BYTES.set(array, at, value);
  }

  /** Writes the raw bits, NaN payloads included. */
  public void putFloat(float value) {
    putInt(Float.floatToRawIntBits(value));
  }

  /** Writes the raw bits, NaN payloads included. */
  public void putDouble(double value) {
    putLong(Double.doubleToRawLongBits(value));
  }

  /**
   * Writes the UTF-8 length as 4 bytes, then the UTF-8 bytes. Allocates nothing.
   *
   * @throws EventCodecException for a surrogate without its partner, which UTF-8 cannot hold
   */
  public void putString(String value) {
    long length = Utf8.length(value);
    if (length < 0) {
      throw new EventCodecException(
          "A string of "
              + value.length()
              + " chars has an unpaired surrogate at index "
              + (-1 - length)
              + ", which UTF-8 cannot hold. Remove it, or write the chars with putShort.");
    }
    int at = claim(Integer.BYTES + length);
    LittleEndian.INT_BYTES.set(array, at, (int) length);
    Utf8.encode(value, array, at + Integer.BYTES);
  }

  /** Writes the length as 4 bytes, then the bytes. */
  public void putBytes(byte[] source) {
    int at = claim((long) Integer.BYTES + source.length);
    LittleEndian.INT_BYTES.set(array, at, source.length);
    System.arraycopy(source, 0, array, at + Integer.BYTES, source.length);
  }

  /** Writes the bytes without a length; the reader must know it. */
  public void putRaw(byte[] source, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, source.length);
    int at = claim(length);
    System.arraycopy(source, offset, array, at, length);
  }

  private int claim(long bytes) {
    int at = position;
    if (bytes > array.length - at || bytes > maxLength - (at - start)) {
      grow(bytes);
    }
    position = at + (int) bytes;
    return at;
  }

  private void grow(long bytes) {
    long needed = length() + bytes;
    if (needed > maxLength) {
      throw new EventTooLargeException(
          "A payload of at least "
              + needed
              + " bytes exceeds the limit of "
              + maxLength
              + " bytes for one event. Put bulk bytes into the blob store and name them in the"
              + " event by their hash.");
    }
    long doubled = Math.max(start + needed, 2L * array.length);
    array = Arrays.copyOf(array, (int) Math.min(doubled, (long) start + maxLength));
  }
}
