// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventLogReader;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.DropsObserved;
import dev.ringfold.event.Event;
import dev.ringfold.event.LedgerMark;
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
    int mark = BuiltinTypes.LEDGER_MARK.id();
    int drops = BuiltinTypes.DROPS_OBSERVED.id();
    try (Tailer tailer = reader.tailer().types(mark, drops).fromSequence(from).upTo(to).open()) {
      int count = 1;
      while (count > 0) {
        count =
            tailer.poll(
                event -> reading.take(event.sequence(), tailer.decode(event), tailer), BATCH);
      }
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

  private void take(long sequence, Event event, Tailer tailer) {
    if (event instanceof LedgerMark mark) {
      String name = tailer.names().name(mark.nameId());
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
