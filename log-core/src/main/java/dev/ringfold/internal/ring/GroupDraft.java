// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.UnitTooLargeException;
import dev.ringfold.event.EventFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Encoded events that will be one record of the ring, and what their caller expects. */
public final class GroupDraft {
  private static final int FIRST_CAPACITY = 1_024;

  final List<PendingAppend.Expectation> expectations = new ArrayList<>();
  final List<PendingAppend.Condition> conditions = new ArrayList<>();
  @Nullable String key;
  int events;
  boolean sealed;
  long keyHi;
  long keyLo;
  long payloadHash;
  private final int maxBytes;
  private byte[] bytes = new byte[FIRST_CAPACITY];
  private int length;
  private int lastOffset = -1;

  GroupDraft(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  byte[] bytes() {
    return bytes;
  }

  void clear() {
    expectations.clear();
    conditions.clear();
    key = null;
    sealed = false;
    events = 0;
    length = 0;
    lastOffset = -1;
  }

  /** Inserts the key block into the first event, behind its context block. */
  void insertKey(long hi, long lo, long payloadHash) {
    requireRoom(EventFormat.KEY_LENGTH);
    int flags = EventHeader.flags(bytes, 0);
    int at = EventFormat.HEADER_LENGTH;
    at += (flags & EventFormat.FLAG_CONTEXT) != 0 ? EventFormat.CONTEXT_LENGTH : 0;
    System.arraycopy(bytes, at, bytes, at + EventFormat.KEY_LENGTH, length - at);
    EventHeader.putLong(bytes, at, hi);
    EventHeader.putLong(bytes, at + Long.BYTES, lo);
    EventHeader.putLong(bytes, at + 2 * Long.BYTES, payloadHash);
    EventHeader.addFlag(bytes, 0, EventFormat.FLAG_KEY);
    EventHeader.addLength(bytes, 0, EventFormat.KEY_LENGTH);
    length += EventFormat.KEY_LENGTH;
  }

  private void requireRoom(int more) {
    if (length + more > maxBytes) {
      throw new UnitTooLargeException(
          "The unit of work has "
              + (length + (long) more)
              + " bytes, but a frame holds "
              + maxBytes
              + ". Commit smaller units, or put bulk bytes into the blob store.");
    }
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }

  int length() {
    return length;
  }

  /** Adds an encoded event and marks the one before as continued. */
  void add(byte[] source, int offset, int eventLength) {
    requireRoom(eventLength);
    System.arraycopy(source, offset, bytes, length, eventLength);
    if (lastOffset >= 0) {
      EventHeader.addFlag(bytes, lastOffset, EventFormat.FLAG_GROUP);
    }
    lastOffset = length;
    length += eventLength;
    events++;
  }
}
