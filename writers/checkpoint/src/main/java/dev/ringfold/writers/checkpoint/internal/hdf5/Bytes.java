// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.hdf5;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Little-endian bytes that grow. */
final class Bytes {
  private ByteBuffer buffer = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);

  private ByteBuffer room(int count) {
    if (buffer.remaining() < count) {
      int capacity = Math.max(2 * buffer.capacity(), Math.addExact(buffer.position(), count));
      ByteBuffer larger = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
      buffer = larger.put(buffer.flip());
    }
    return buffer;
  }

  Bytes u8(int value) {
    room(1).put((byte) value);
    return this;
  }

  Bytes u16(int value) {
    room(2).putShort((short) value);
    return this;
  }

  Bytes u32(int value) {
    room(4).putInt(value);
    return this;
  }

  Bytes u64(long value) {
    room(8).putLong(value);
    return this;
  }

  Bytes f64(double value) {
    room(8).putDouble(value);
    return this;
  }

  Bytes put(byte[] bytes) {
    room(bytes.length).put(bytes);
    return this;
  }

  Bytes ascii(String text) {
    return put(text.getBytes(StandardCharsets.US_ASCII));
  }

  Bytes zeros(int count) {
    return put(new byte[count]);
  }

  /** Zeros up to a multiple. */
  Bytes align(int multiple) {
    int rest = buffer.position() % multiple;
    return rest == 0 ? this : zeros(multiple - rest);
  }

  /** Appends the checksum of everything before it. */
  Bytes checksum() {
    return u32(Lookup3.hash(buffer.array(), buffer.position()));
  }

  int size() {
    return buffer.position();
  }

  byte[] toArray() {
    byte[] bytes = new byte[buffer.position()];
    System.arraycopy(buffer.array(), 0, bytes, 0, bytes.length);
    return bytes;
  }
}
