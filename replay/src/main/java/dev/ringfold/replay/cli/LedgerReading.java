// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventLogReader;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.DropsObserved;
import dev.ringfold.event.Event;
import dev.ringfold.event.LedgerMark;
import dev.ringfold.projections.index.IndexQuery;
import dev.ringfold.replay.EventSource;
import dev.ringfold.replay.playback.IndexedTailer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The loss ledger out of the journal: each producer's newest mark in each session, and drops by
 * reason. One thread; used once.
 */
final class LedgerReading {
  private static final int BATCH = 1024;
  private static final int MARK = BuiltinTypes.LEDGER_MARK.id();
  private static final int DROPS = BuiltinTypes.DROPS_OBSERVED.id();

  /** Most producers in all sessions that are kept; the oldest sessions go first. */
  private static final int MAX_ROWS = 100_000;

  private final TreeMap<Long, LedgerRow> rows = new TreeMap<>();
  private final Map<String, Long> dropsByReason = new TreeMap<>();

  private LedgerReading() {}

  /** Reads from a sequence to the end that was there when it was asked for. */
  static LedgerReading of(EventLogReader reader, long from, long to) {
    LedgerReading reading = new LedgerReading();
    if (to < from) {
      return reading;
    }
    Tailer.Builder marks = reader.tailer().types(MARK, DROPS).fromSequence(from).upTo(to);
    try (EventSource source = EventSource.of(marks.open())) {
      reading.read(source);
    }
    return reading;
  }

  /** As the shorter form, by the index of events where there is one. */
  static LedgerReading of(EventLogReader reader, Path outputs, long from, long to) {
    LedgerReading reading = new LedgerReading();
    if (to < from) {
      return reading;
    }
    IndexQuery marks = IndexQuery.ALL.types(MARK, DROPS).between(from, to);
    try (EventSource source = IndexedTailer.openOldest(reader, outputs, marks)) {
      reading.read(source);
    }
    return reading;
  }

  /** By session and producer, ascending. */
  List<LedgerRow> rows() {
    return new ArrayList<>(rows.values());
  }

  /** Declared drops by their reason in lower case. */
  Map<String, Long> dropsByReason() {
    return dropsByReason;
  }

  private void read(EventSource source) {
    int count = 1;
    while (count > 0) {
      count = source.poll(event -> take(event.sequence(), source.decode(event), source), BATCH);
    }
  }

  private void take(long sequence, Event event, EventSource source) {
    if (event instanceof LedgerMark mark) {
      String name = source.names().name(mark.nameId());
      long key = (long) mark.session() << Integer.SIZE | mark.producer();
      rows.put(key, new LedgerRow(sequence, mark, name));
      if (rows.size() > MAX_ROWS) {
        rows.pollFirstEntry();
      }
    } else if (event instanceof DropsObserved drops) {
      String reason = drops.reason().name().toLowerCase(Locale.ROOT);
      dropsByReason.merge(reason, drops.count(), Long::sum);
    }
  }
}
