// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.event.DropReason;
import dev.ringfold.event.DropsObserved;
import dev.ringfold.event.Event;
import dev.ringfold.event.LedgerMark;
import dev.ringfold.internal.io.CounterFile;
import dev.ringfold.internal.journal.Dictionary;
import dev.ringfold.internal.journal.FrameAssembler;
import dev.ringfold.internal.journal.FrameFormat;
import dev.ringfold.internal.journal.JournalWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The ledger of sessions that were not closed, as far as the journal tells it. Together with the
 * counters that outlived the process it yields the last facts of such a session: what was in the
 * ring when it died, and marks that balance. Used by the opening thread.
 */
public final class PreviousLedger {
  /** Bytes of an entry in a LEDGER frame; see {@link FrameFormat#KIND_LEDGER}. */
  static final int ENTRY_LENGTH = 40;

  private static final class Line {
    int nameId;
    long stored;
    long dropped;
    boolean uncertain;
  }

  private record Key(int session, int producer) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int bySession = Integer.compare(session, other.session);
      return bySession != 0 ? bySession : Integer.compare(producer, other.producer);
    }
  }

  private final TreeMap<Key, Line> lines = new TreeMap<>();
  private String problem = "";
  private int closedThrough;
  private int cutSession = -1;

  private Line line(int session, int producer) {
    return lines.computeIfAbsent(new Key(session, producer), key -> new Line());
  }

  void stored(int session, int producer) {
    line(session, producer).stored++;
  }

  void dropped(int session, int producer, long count) {
    line(session, producer).dropped += count;
  }

  /** Whether the producer dropped events before the cut of a fork cannot be told. */
  void uncertain(int session, int producer) {
    Line line = lines.get(new Key(session, producer));
    if (line != null) {
      line.uncertain = true;
    }
  }

  /**
   * A fork has cut this session: what was dropped behind the cut is not its own, so that its
   * account is complete without counters.
   */
  void cutIn(int session) {
    cutSession = session;
  }

  void marked(LedgerMark mark) {
    if (mark.closing()) {
      lines.remove(new Key(mark.session(), mark.producer()));
      closedThrough(mark.session());
    } else {
      line(mark.session(), mark.producer()).nameId = mark.nameId();
    }
  }

  /** A LEDGER frame replaces everything: it was written from complete knowledge. */
  void load(ByteBuffer buffer, int offset, int count) {
    lines.clear();
    for (int i = 0; i < count; i++) {
      int at = offset + i * ENTRY_LENGTH;
      Line line = line(buffer.getInt(at), buffer.getShort(at + 4) & 0xFFFF);
      line.nameId = buffer.getInt(at + 8);
      line.stored = buffer.getLong(at + 24);
      line.dropped = buffer.getLong(at + 32);
    }
  }

  /** Writes the entries into the preamble of the first segment of a session. */
  void writeTo(JournalWriter writer) {
    FrameAssembler frame =
        new FrameAssembler(FrameFormat.HEADER_LENGTH + ENTRY_LENGTH * Math.max(1, lines.size()));
    lines.forEach(
        (key, line) ->
            putEntry(
                frame,
                key.session,
                key.producer,
                line.nameId,
                line.stored + line.dropped,
                line.stored,
                line.dropped));
    writer.writeState(frame, FrameFormat.KIND_LEDGER);
  }

  /**
   * Who the producers are: a reader that begins at this segment has not seen the one that says it.
   */
  List<byte[]> producerRecords(Dictionary names) {
    return lines.keySet().stream()
        .map(key -> names.producerRecord(key.session, key.producer))
        .flatMap(Optional::stream)
        .toList();
  }

  static void putEntry(
      FrameAssembler frame,
      int session,
      int producer,
      int nameId,
      long offered,
      long stored,
      long dropped) {
    int at = frame.reserve(ENTRY_LENGTH);
    ByteBuffer entry =
        ByteBuffer.wrap(frame.bytes(), at, ENTRY_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    entry.putInt(session).putShort((short) producer).putShort((short) 0);
    entry.putInt(nameId).putInt(0).putLong(offered).putLong(stored).putLong(dropped);
  }

  /**
   * The facts that close these sessions. With counters of the same session every event that was
   * offered and is neither stored nor declared was lost in the crash and is declared now; without
   * them (a reboot), and where they are damaged, the marks say that they are a lower bound.
   */
  List<Event> closingFacts(CounterFile counters, Dictionary names) {
    boolean known = counters.survived() && isUndamaged(counters.damage());
    if (known && counters.session() > 0) {
      addCounted((int) counters.session(), counters);
    }
    lines.forEach((key, line) -> nameFrom(names, key, line));
    List<Event> facts = new ArrayList<>();
    lines.forEach((key, line) -> close(facts, key, line, counters, known));
    return facts;
  }

  /**
   * A session may end before its first mark; its producers have names in the journal all the same.
   */
  private static void nameFrom(Dictionary names, Key key, Line line) {
    int nameId = names.producerNameId(key.session, key.producer);
    // Without a record in the journal the counters' number may go to another name.
    line.nameId = nameId == 0 ? line.nameId : nameId;
  }

  private void addCounted(int session, CounterFile counters) {
    for (int id = 1; id < ProducerLedger.MAX_PRODUCERS; id++) {
      boolean wanted = lines.containsKey(new Key(session, id)) || !isClosedSession(session);
      if (wanted && isUndamaged(counters.damage(id)) && counters.offered(id) > 0) {
        line(session, id);
      }
    }
  }

  private boolean isUndamaged(@Nullable String damage) {
    if (damage != null && problem.isEmpty()) {
      problem = damage + "; the ledger of its session is a lower bound";
    }
    return damage == null;
  }

  /** The session's closing marks are in the journal: its counters say nothing new. */
  private boolean isClosedSession(int session) {
    return session <= closedThrough;
  }

  /** The newest session whose LogClosed or closing marks were seen. */
  void closedThrough(int session) {
    closedThrough = Math.max(closedThrough, session);
  }

  private void close(List<Event> facts, Key key, Line line, CounterFile counters, boolean known) {
    long accounted = line.stored + line.dropped;
    boolean exact =
        known && counters.session() == key.session && counters.damage(key.producer) == null;
    long offered = exact ? counters.offered(key.producer) : accounted;
    long lost = Math.max(0, offered - accounted);
    if (lost > 0) {
      facts.add(
          new DropsObserved(
              key.producer, 0, accounted + 1, offered, lost, DropReason.CRASH, key.session));
    }
    if (offered < accounted) {
      problem =
          "the ledger of producer "
              + key.producer
              + " in session "
              + key.session
              + " does not balance: "
              + offered
              + " offered, "
              + line.stored
              + " stored, "
              + line.dropped
              + " dropped; the counter file was changed from outside";
    }
    facts.add(
        new LedgerMark(
            key.session,
            key.producer,
            line.nameId,
            offered,
            line.stored,
            line.dropped + lost,
            !exact && (key.session != cutSession || line.uncertain),
            true));
  }

  /** What does not add up, or empty. */
  public String problem() {
    return problem;
  }
}
