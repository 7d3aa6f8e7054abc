// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import dev.ringfold.RingfoldException;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.DropsObserved;
import dev.ringfold.event.EventFormat;
import dev.ringfold.event.LedgerMark;
import dev.ringfold.event.PayloadReader;
import dev.ringfold.internal.journal.FrameReader;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts the events of each producer and compares them with what the ledger marks say: a closing
 * mark must balance, {@code offered == stored + dropped}, and name as many stored and dropped
 * events as there are in the journal. One thread.
 */
final class LedgerCheck {
  /** Bytes of an entry in a LEDGER frame. */
  static final int ENTRY_LENGTH = 40;

  /** Most producers of open sessions; more cannot come from the log. */
  private static final int MAX_LINES = 1 << 16;

  private static final int PRODUCER_OFFSET = 4;
  private static final int STORED_OFFSET = 24;
  private static final int DROPPED_OFFSET = 32;

  private final Map<Long, Line> lines = new HashMap<>();
  private final PayloadReader payload = new PayloadReader();

  /** Whether a ledger frame was seen since counting began. */
  private boolean known;

  private static final class Line {
    long stored;
    long dropped;
  }

  /** Frames were lost: counting begins again with the next ledger frame. */
  void gap() {
    known = false;
    lines.clear();
  }

  /** Takes over the ledger that a segment begins with. */
  void frame(FrameReader frame) {
    ByteBuffer buffer = frame.buffer();
    known = true;
    lines.clear();
    for (int i = 0; i < frame.count(); i++) {
      int at = frame.bodyOffset() + i * ENTRY_LENGTH;
      Line line = line(buffer.getInt(at), buffer.getShort(at + PRODUCER_OFFSET) & 0xFFFF);
      line.stored = buffer.getLong(at + STORED_OFFSET);
      line.dropped = buffer.getLong(at + DROPPED_OFFSET);
    }
  }

  /** Counts an event whose bounds were checked; says what does not balance. */
  @Nullable String event(FrameReader frame, int at, int payloadOffset, long sequence) {
    ByteBuffer buffer = frame.buffer();
    int producer = buffer.getShort(at + EventFormat.PRODUCER_OFFSET) & 0xFFFF;
    if (producer != 0) {
      line(frame.session(), producer).stored++;
      return null;
    }
    int type = buffer.getShort(at + EventFormat.TYPE_OFFSET) & 0xFFFF;
    if (type == BuiltinTypes.EVENT_LOST.id()) {
      gap();
      return null;
    }
    boolean drops = type == BuiltinTypes.DROPS_OBSERVED.id();
    if (!drops && type != BuiltinTypes.LEDGER_MARK.id()) {
      return null;
    }
    int version = buffer.get(at + EventFormat.SCHEMA_VERSION_OFFSET) & 0xFF;
    int end = at + buffer.getInt(at + EventFormat.LENGTH_OFFSET);
    payload.wrap(buffer, payloadOffset, end - payloadOffset);
    try {
      if (drops) {
        DropsObserved fact = BuiltinTypes.DROPS_OBSERVED.decode(version, payload);
        line(fact.session(), fact.producer()).dropped += fact.count();
        return null;
      }
      return mark(BuiltinTypes.LEDGER_MARK.decode(version, payload), sequence);
    } catch (RingfoldException e) {
      return "event " + sequence + " cannot be decoded: " + e.getMessage();
    }
  }

  private @Nullable String mark(LedgerMark mark, long sequence) {
    if (!mark.closing()) {
      return null;
    }
    Line line = lines.remove(key(mark.session(), mark.producer()));
    long stored = line == null ? 0 : line.stored;
    long dropped = line == null ? 0 : line.dropped;
    boolean balanced =
        mark.offered() == mark.stored() + mark.dropped()
            && (!known || (mark.stored() == stored && mark.dropped() == dropped));
    return balanced
        ? null
        : "the ledger does not balance: mark "
            + sequence
            + " of producer "
            + mark.producer()
            + " in session "
            + mark.session()
            + " says offered "
            + mark.offered()
            + ", stored "
            + mark.stored()
            + ", dropped "
            + mark.dropped()
            + "; the journal holds "
            + stored
            + " events and declares "
            + dropped
            + " drops";
  }

  private Line line(int session, int producer) {
    if (lines.size() >= MAX_LINES) {
      lines.clear();
    }
    return lines.computeIfAbsent(key(session, producer), unused -> new Line());
  }

  private static long key(int session, int producer) {
    return ((long) session << 16) | producer;
  }
}
