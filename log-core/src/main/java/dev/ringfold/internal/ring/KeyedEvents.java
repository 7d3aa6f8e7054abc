// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.event.EventFormat;
import dev.ringfold.internal.journal.FrameReader;
import java.nio.ByteBuffer;

/** Finds keys and tags in a frame of events; a group never crosses a frame. */
final class KeyedEvents {
  /** Takes what is found, in the order of sequences. */
  interface Sink {
    void key(long hi, long lo, long hash, long sequence, int count, long logTimeNanos);

    void tag(int type, long hi, long lo, long sequence);
  }

  private long groupFirst = -1;
  private long groupHi;
  private long groupLo;
  private long groupHash;

  void visit(FrameReader frame, Sink sink) {
    ByteBuffer buffer = frame.buffer();
    int offset = frame.bodyOffset();
    for (int i = 0; i < frame.count(); i++) {
      visit(buffer, offset, frame.firstSequence() + i, frame.logTime(), sink);
      offset += buffer.getInt(offset + EventFormat.LENGTH_OFFSET);
    }
  }

  private void visit(ByteBuffer buffer, int offset, long sequence, long logTimeNanos, Sink sink) {
    int flags = buffer.get(offset + EventFormat.FLAGS_OFFSET);
    int at = offset + EventFormat.HEADER_LENGTH;
    at += (flags & EventFormat.FLAG_CONTEXT) != 0 ? EventFormat.CONTEXT_LENGTH : 0;
    if ((flags & EventFormat.FLAG_KEY) != 0) {
      groupFirst = sequence;
      groupHi = buffer.getLong(at);
      groupLo = buffer.getLong(at + Long.BYTES);
      groupHash = buffer.getLong(at + 2 * Long.BYTES);
      at += EventFormat.KEY_LENGTH;
    }
    if ((flags & EventFormat.FLAG_TAGS) != 0) {
      int type = buffer.getShort(offset + EventFormat.TYPE_OFFSET) & 0xFFFF;
      int tags = buffer.get(at++) & 0xFF;
      for (int i = 0; i < tags; i++) {
        sink.tag(type, buffer.getLong(at), buffer.getLong(at + Long.BYTES), sequence);
        at += EventFormat.TAG_LENGTH;
      }
    }
    if (groupFirst >= 0 && (flags & EventFormat.FLAG_GROUP) == 0) {
      int count = (int) (sequence - groupFirst) + 1;
      sink.key(groupHi, groupLo, groupHash, groupFirst, count, logTimeNanos);
      groupFirst = -1;
    }
  }
}
