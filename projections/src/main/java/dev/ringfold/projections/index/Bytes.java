// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.index;

import java.util.Arrays;

/** Growing little-endian bytes. One thread. */
final class Bytes {
  private static final int FIRST_CAPACITY = 64 << 10;

  private byte[] content = new byte[FIRST_CAPACITY];
  private int length;

  int length() {
    return length;
  }

  void clear() {
    length = 0;
  }

  void putByte(int value) {
    reserve(1);
    content[length++] = (byte) value;
  }

  void putShort(int value) {
    reserve(Short.BYTES);
    content[length++] = (byte) value;
    content[length++] = (byte) (value >>> 8);
  }

  void putInt(int value) {
    putShort(value);
    putShort(value >>> 16);
  }

  void putLong(long value) {
    putInt((int) value);
    putInt((int) (value >>> 32));
  }

  /** A number that is not negative: 7 bits a byte, the lowest first, bit 7 says that more come. */
  void putVarint(int value) {
    int rest = value;
    while (rest >>> 7 != 0) {
      putByte(rest | 0x80);
      rest >>>= 7;
    }
    putByte(rest);
  }

  void put(byte[] bytes) {
    put(bytes, bytes.length);
  }

  void put(Bytes other) {
    put(other.content, other.length);
  }

  private void put(byte[] bytes, int count) {
    reserve(count);
    System.arraycopy(bytes, 0, content, length, count);
    length += count;
  }

  byte[] toArray() {
    return Arrays.copyOf(content, length);
  }

  private void reserve(int count) {
    if (length + count > content.length) {
      content = Arrays.copyOf(content, Math.max(content.length * 2, length + count));
    }
  }
}
