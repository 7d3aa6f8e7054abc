// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.event.EventFormat;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads and writes the fixed header of an encoded event in an array; see {@link EventFormat}. */
final class EventHeader {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private EventHeader() {}

  static void put(
      byte[] target,
      int offset,
      int length,
      int type,
      int schemaVersion,
      int flags,
      int producer,
      int stream,
      long eventTimeNanos) {
    INT.set(target, offset + EventFormat.LENGTH_OFFSET, length);
    SHORT.set(target, offset + EventFormat.TYPE_OFFSET, (short) type);
    target[offset + EventFormat.SCHEMA_VERSION_OFFSET] = (byte) schemaVersion;
    target[offset + EventFormat.FLAGS_OFFSET] = (byte) flags;
    SHORT.set(target, offset + EventFormat.PRODUCER_OFFSET, (short) producer);
    SHORT.set(target, offset + EventFormat.KEY_ID_OFFSET, (short) 0);
    INT.set(target, offset + EventFormat.STREAM_OFFSET, stream);
    LONG.set(target, offset + EventFormat.EVENT_TIME_OFFSET, eventTimeNanos);
  }

  static int length(byte[] source, int offset) {
    return (int) INT.get(source, offset + EventFormat.LENGTH_OFFSET);
  }

  static int type(byte[] source, int offset) {
    return (short) SHORT.get(source, offset + EventFormat.TYPE_OFFSET) & 0xFFFF;
  }

  static int flags(byte[] source, int offset) {
    return source[offset + EventFormat.FLAGS_OFFSET];
  }

  /** Where the payload begins, behind the optional blocks. */
  static int payloadStart(byte[] source, int offset) {
    int flags = flags(source, offset);
    int at = offset + EventFormat.HEADER_LENGTH;
    at += (flags & EventFormat.FLAG_CONTEXT) != 0 ? EventFormat.CONTEXT_LENGTH : 0;
    at += (flags & EventFormat.FLAG_KEY) != 0 ? EventFormat.KEY_LENGTH : 0;
    if ((flags & EventFormat.FLAG_TAGS) != 0) {
      at += 1 + (source[at] & 0xFF) * EventFormat.TAG_LENGTH;
    }
    return at;
  }

  static void addFlag(byte[] target, int offset, int flag) {
    target[offset + EventFormat.FLAGS_OFFSET] |= (byte) flag;
  }

  static void addLength(byte[] target, int offset, int more) {
    INT.set(target, offset + EventFormat.LENGTH_OFFSET, length(target, offset) + more);
  }

  static int stream(byte[] source, int offset) {
    return (int) INT.get(source, offset + EventFormat.STREAM_OFFSET);
  }

  static void putLong(byte[] target, int offset, long value) {
    LONG.set(target, offset, value);
  }

  static long longAt(byte[] source, int offset) {
    return (long) LONG.get(source, offset);
  }
}
