// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.event.EventFormat;
import java.nio.ByteBuffer;

/**
 * Checks that an event lies inside its frame and its blocks inside the event, so that everything
 * that reads it later may trust its lengths. Stateless.
 */
public final class EventBounds {
  private static final int KNOWN_FLAGS =
      EventFormat.FLAG_CONTEXT
          | EventFormat.FLAG_KEY
          | EventFormat.FLAG_TAGS
          | EventFormat.FLAG_GROUP;

  private static final int BLOCK_FLAGS = KNOWN_FLAGS & ~EventFormat.FLAG_GROUP;

  private EventBounds() {}

  /**
   * Where the payload of an event begins.
   *
   * @param at where the event begins
   * @param limit where the frame's body ends
   * @return offset of the payload, or -1 when the event does not fit
   */
  public static int payloadOffset(ByteBuffer buffer, int at, int limit) {
    if (limit - at < EventFormat.HEADER_LENGTH) {
      return -1;
    }
    int length = buffer.getInt(at + EventFormat.LENGTH_OFFSET);
    if (length < EventFormat.HEADER_LENGTH || length > limit - at) {
      return -1;
    }
    int flags = buffer.get(at + EventFormat.FLAGS_OFFSET);
    if ((flags & BLOCK_FLAGS) == 0) {
      return (flags & ~KNOWN_FLAGS) == 0 ? at + EventFormat.HEADER_LENGTH : -1;
    }
    return behindBlocks(buffer, at, at + length, flags);
  }

  private static int behindBlocks(ByteBuffer buffer, int at, int end, int flags) {
    if ((flags & ~KNOWN_FLAGS) != 0) {
      return -1;
    }
    int position = at + EventFormat.HEADER_LENGTH;
    position += (flags & EventFormat.FLAG_CONTEXT) != 0 ? EventFormat.CONTEXT_LENGTH : 0;
    position += (flags & EventFormat.FLAG_KEY) != 0 ? EventFormat.KEY_LENGTH : 0;
    if ((flags & EventFormat.FLAG_TAGS) != 0) {
      if (position >= end) {
        return -1;
      }
      int tags = buffer.get(position) & 0xFF;
      if (tags > EventFormat.MAX_TAGS) {
        return -1;
      }
      position += 1 + tags * EventFormat.TAG_LENGTH;
    }
    return position <= end ? position : -1;
  }
}
