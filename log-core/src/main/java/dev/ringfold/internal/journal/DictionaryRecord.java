// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.ConfigurationException;
import dev.ringfold.event.MetricColumn;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import dev.ringfold.event.PayloadReader;
import dev.ringfold.event.PayloadWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes of the records in a DICTIONARY frame. Little-endian, no padding; a string is its UTF-8
 * length as 4 bytes, then the bytes.
 *
 * <pre>
 * offset size field
 *      0    4 length  of the whole record, this field included
 *      4    1 kind
 *      5    . NAME (1):     id i32, string
 *             STREAM (2):   id i32, name ids of name, space, actor and device, i32 each
 *             LAYOUT (3):   id i32, n u16, then n times: type u8 (see MetricType), name string
 *             PRODUCER (4): session i32, producer u16, name id i32
 * </pre>
 *
 * A record uses only name ids that records before it, or id 0, define.
 */
final class DictionaryRecord {
  static final int NAME = 1;
  static final int STREAM = 2;
  static final int LAYOUT = 3;
  static final int PRODUCER = 4;

  private static final int MIN_LENGTH = Integer.BYTES + 1;
  private static final int INITIAL_CAPACITY = 64;

  private DictionaryRecord() {}

  static byte[] name(int id, String name) {
    int length = name.getBytes(StandardCharsets.UTF_8).length;
    if (length > Dictionary.MAX_NAME_LENGTH) {
      throw new ConfigurationException(
          "A name has at most "
              + Dictionary.MAX_NAME_LENGTH
              + " bytes of UTF-8 but '"
              + name.substring(0, INITIAL_CAPACITY)
              + "...' has "
              + length
              + ". Put long texts into payloads, not into names.");
    }
    PayloadWriter out = begin(NAME, id);
    out.putString(name);
    return end(out);
  }

  static byte[] stream(int id, int name, int space, int actor, int device) {
    PayloadWriter out = begin(STREAM, id);
    out.putInt(name);
    out.putInt(space);
    out.putInt(actor);
    out.putInt(device);
    return end(out);
  }

  static byte[] layout(int id, MetricLayout layout) {
    PayloadWriter out = begin(LAYOUT, id);
    out.putShort(layout.size());
    for (MetricColumn column : layout.columns()) {
      out.putByte(column.type().code());
      out.putString(column.name());
    }
    return end(out);
  }

  static byte[] producer(int session, int producer, int nameId) {
    if (producer < 0 || producer > 0xFFFF) {
      throw new IllegalArgumentException("producer must be 0 to 65535 but was " + producer);
    }
    PayloadWriter out = begin(PRODUCER, session);
    out.putShort(producer);
    out.putInt(nameId);
    return end(out);
  }

  /** Steps over the next record; returns a reader of it that begins at its kind. */
  static PayloadReader next(PayloadReader in) {
    int at = in.position();
    int length = in.readInt();
    if (length < MIN_LENGTH || length - Integer.BYTES > in.remaining()) {
      throw in.invalidValue(
          at,
          "a record of " + MIN_LENGTH + " to " + (in.remaining() + Integer.BYTES) + " bytes",
          Integer.toUnsignedString(length));
    }
    return new PayloadReader().wrap(in.readRaw(length - Integer.BYTES));
  }

  static String readName(PayloadReader in) {
    return in.readString(Dictionary.MAX_NAME_LENGTH);
  }

  static MetricLayout readLayout(PayloadReader in) {
    int size = in.readUnsignedShort();
    MetricLayout.Builder builder = MetricLayout.builder();
    for (int i = 0; i < size; i++) {
      MetricType type = MetricType.ofCode(in.readUnsignedByte());
      builder.column(in.readString(MetricColumn.MAX_NAME_LENGTH), type);
    }
    return builder.build();
  }

  private static PayloadWriter begin(int kind, int id) {
    PayloadWriter out = new PayloadWriter(INITIAL_CAPACITY, PayloadWriter.MAX_PAYLOAD_LENGTH);
    out.putInt(0);
    out.putByte(kind);
    out.putInt(id);
    return out;
  }

  private static byte[] end(PayloadWriter out) {
    int length = out.length();
    out.reset(0);
    out.putInt(length);
    return Arrays.copyOf(out.array(), length);
  }
}
