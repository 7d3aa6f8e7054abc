// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A growing byte array that is used again and again. Little-endian. Belongs to one thread. */
final class ByteSink {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int FIRST_BYTES = 1 << 12;
  private static final int VARINT_MAX_BYTES = 10;

  private byte[] bytes = new byte[FIRST_BYTES];
  private int size;

  void clear() {
    size = 0;
  }

  int size() {
    return size;
  }

  /** The array itself; changes with the next write. */
  byte[] array() {
    return bytes;
  }

  byte[] copy() {
    return Arrays.copyOf(bytes, size);
  }

  /** Makes room for this many further bytes. */
  void ensure(int more) {
    if (bytes.length - size < more) {
      int needed = Math.addExact(size, more);
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(bytes.length * 2L, 1L << 30)));
    }
  }

  /** Reserves this many bytes and returns the offset of the first one. */
  int reserve(int count) {
    ensure(count);
    int offset = size;
    size += count;
    return offset;
  }

  void putByte(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
  }

  void putInt(int value) {
    int offset = reserve(Integer.BYTES);
    INT.set(bytes, offset, value);
  }

  void putLong(long value) {
    int offset = reserve(Long.BYTES);
    LONG.set(bytes, offset, value);
  }

  void putBytes(byte[] source) {
    int offset = reserve(source.length);
    System.arraycopy(source, 0, bytes, offset, source.length);
  }

  void putDoubles(double[] values, int from, int to) {
    int offset = reserve((to - from) * Double.BYTES);
    ByteBuffer.wrap(bytes, offset, size - offset)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asDoubleBuffer()
        .put(values, from, to - from);
  }

  void putVarint(long value) {
    ensure(VARINT_MAX_BYTES);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[size++] = (byte) (rest & 0x7F | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  void putZigZag(long value) {
    putVarint((value << 1) ^ (value >> 63));
  }
}
