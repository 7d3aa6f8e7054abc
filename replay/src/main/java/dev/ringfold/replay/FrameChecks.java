// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import dev.ringfold.event.EventFormat;
import dev.ringfold.internal.journal.Dictionary;
import dev.ringfold.internal.journal.EventBounds;
import dev.ringfold.internal.journal.FrameFormat;
import dev.ringfold.internal.journal.FrameReader;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Checks what is inside intact frames: that events fit, that a segment begins with its own start
 * frame, that dictionaries do not contradict each other, that the ledger adds up. Sees all frames
 * of a store in order. One thread.
 */
final class FrameChecks {
  private static final int STORE_ID_LENGTH = 16;
  private static final int SEGMENT_START_LENGTH = 32;
  private static final int STREAM_VERSION_LENGTH = 12;

  private final Dictionary dictionary = new Dictionary();
  private final LedgerCheck ledger = new LedgerCheck();
  private final byte[] storeIdBytes = new byte[STORE_ID_LENGTH];
  private @Nullable String storeId;
  private long segment;
  private long framesSeen;
  private int session;

  /** The next frames are those of this segment. */
  void begin(long newSegment, @Nullable String expectedStoreId) {
    segment = newSegment;
    framesSeen = 0;
    storeId = expectedStoreId;
  }

  /** Frames were lost: what is counted from the begin does not add up any more. */
  void gap() {
    ledger.gap();
  }

  /** Checks the frame a reader stands at; returns whether nothing is wrong with it. */
  boolean visit(FrameReader frame, Findings findings) {
    String problem = framesSeen++ == 0 ? first(frame) : session(frame);
    if (problem == null) {
      problem = body(frame);
    }
    if (problem != null) {
      findings.lost(frame.file(), frame.offset(), frame.firstSequence(), problem);
    }
    return problem == null;
  }

  private @Nullable String first(FrameReader frame) {
    int newSession = frame.session();
    if (newSession < session) {
      return "session " + newSession + " follows session " + session;
    }
    session = newSession;
    return frame.kind() == FrameFormat.KIND_SEGMENT_START
        ? null
        : "a segment should begin with its start frame, found kind " + frame.kind();
  }

  private @Nullable String session(FrameReader frame) {
    return frame.session() == session
        ? null
        : "a segment belongs to one session, found " + session + " and " + frame.session();
  }

  private @Nullable String body(FrameReader frame) {
    return switch (frame.kind()) {
      case FrameFormat.KIND_EVENTS -> events(frame);
      case FrameFormat.KIND_SEGMENT_START -> segmentStart(frame);
      case FrameFormat.KIND_DICTIONARY -> dictionary(frame);
      case FrameFormat.KIND_STREAM_VERSIONS -> records(frame, STREAM_VERSION_LENGTH);
      case FrameFormat.KIND_LEDGER -> {
        String problem = records(frame, LedgerCheck.ENTRY_LENGTH);
        if (problem == null) {
          ledger.frame(frame);
        }
        yield problem;
      }
      default -> "unknown kind " + frame.kind();
    };
  }

  private @Nullable String segmentStart(FrameReader frame) {
    if (frame.bodyLength() != SEGMENT_START_LENGTH) {
      return "a start frame has " + SEGMENT_START_LENGTH + " bytes, found " + frame.bodyLength();
    }
    ByteBuffer buffer = frame.buffer();
    int at = frame.bodyOffset();
    buffer.get(at, storeIdBytes);
    String found = HexFormat.of().formatHex(storeIdBytes);
    if (storeId != null && !storeId.equals(found)) {
      return "the segment belongs to store " + found + ", not to " + storeId;
    }
    long number = buffer.getLong(at + STORE_ID_LENGTH);
    return number == segment ? null : "the frames are those of segment " + number;
  }

  private @Nullable String dictionary(FrameReader frame) {
    try {
      dictionary.load(frame.buffer(), frame.bodyOffset(), frame.bodyLength(), frame.count());
      return null;
    } catch (IllegalStateException e) {
      return e.getMessage();
    }
  }

  private static @Nullable String records(FrameReader frame, int length) {
    return (long) frame.count() * length == frame.bodyLength()
        ? null
        : frame.count()
            + " records of "
            + length
            + " bytes do not make a body of "
            + frame.bodyLength();
  }

  private @Nullable String events(FrameReader frame) {
    ByteBuffer buffer = frame.buffer();
    int at = frame.bodyOffset();
    int end = at + frame.bodyLength();
    String problem = null;
    for (int i = 0; i < frame.count(); i++) {
      int payload = EventBounds.payloadOffset(buffer, at, end);
      if (payload < 0) {
        return "event " + (frame.firstSequence() + i) + " does not fit its frame";
      }
      String unbalanced = ledger.event(frame, at, payload, frame.firstSequence() + i);
      problem = problem == null ? unbalanced : problem;
      at += buffer.getInt(at + EventFormat.LENGTH_OFFSET);
    }
    return at == end ? problem : "the frame is longer than its events";
  }
}
