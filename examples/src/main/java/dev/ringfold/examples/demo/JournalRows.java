// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.EventView;
import dev.ringfold.LogNames;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.DropsObserved;
import dev.ringfold.event.Event;
import dev.ringfold.event.LedgerMark;
import dev.ringfold.event.LogOpened;
import dev.ringfold.event.MetricColumn;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.event.MetricsView;
import dev.ringfold.event.RecoveryCompleted;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What the journal holds: every row of metrics, and the ledger. It is read from the first event to
 * the last, by one thread.
 */
final class JournalRows {
  private static final int BATCH = 1_024;

  /**
   * A row as the journal has it.
   *
   * @param kind {@code step} or {@code epoch}
   * @param values Double, Long, Boolean or String by name of the metric, without absent ones
   */
  record Row(
      String run, int attempt, String kind, long epoch, long step, Map<String, Object> values) {}

  private final TreeMap<Long, Row> rows = new TreeMap<>();
  private final Ledger ledger = new Ledger();
  private final List<String> problems = new ArrayList<>();
  private final MetricsView view = new MetricsView();
  private int recoveries;
  private int session;
  private long nextSequence;

  private JournalRows() {}

  /** Reads a store; needs no lock. */
  static JournalRows read(Path store) {
    JournalRows found = new JournalRows();
    try (EventLogReader reader = EventLog.openReadOnly(store);
        Tailer tailer = reader.tailer().open()) {
      while (tailer.poll(event -> found.take(event, tailer), BATCH) > 0) {
        // Everything happens in take.
      }
    }
    return found;
  }

  private void take(EventView event, Tailer tailer) {
    if (event.sequence() != nextSequence) {
      problems.add("sequence " + nextSequence + " is missing; the next one is " + event.sequence());
    }
    nextSequence = event.sequence() + 1;
    if (event.producer() != 0) {
      ledger.stored(session, event.producer());
    }
    if (event.typeId() == BuiltinTypes.METRICS_LOGGED.id()) {
      view.wrap(event.buffer(), event.payloadOffset(), event.payloadLength());
      boolean epoch = view.kind() == MetricsLogged.Kind.EPOCH;
      rows.put(
          event.sequence(),
          new Row(
              event.stream().name(),
              view.attempt(),
              epoch ? "epoch" : "step",
              view.epoch(),
              view.step(),
              values(tailer.names())));
    } else {
      takeFact(tailer.decode(event), tailer);
    }
  }

  private Map<String, Object> values(LogNames names) {
    Map<String, Object> values = new TreeMap<>();
    List<MetricColumn> columns = names.layout(view.layoutId()).columns();
    for (int i = 0; i < columns.size(); i++) {
      if (view.present(i)) {
        values.put(
            columns.get(i).name(),
            switch (columns.get(i).type()) {
              case DOUBLE -> view.doubleAt(i);
              case LONG -> view.longAt(i);
              case BOOLEAN -> view.booleanAt(i);
              case STRING -> names.name((int) view.longAt(i));
            });
      }
    }
    return values;
  }

  private void takeFact(Event fact, Tailer tailer) {
    if (fact instanceof LogOpened opened) {
      session = opened.session();
    } else if (fact instanceof RecoveryCompleted) {
      recoveries++;
    } else if (fact instanceof DropsObserved drops) {
      ledger.dropped(drops);
    } else if (fact instanceof LedgerMark mark) {
      ledger.mark(mark, tailer.names().name(mark.nameId()));
    }
  }

  /** Rows by sequence. */
  NavigableMap<Long, Row> rows() {
    return rows;
  }

  Ledger ledger() {
    return ledger;
  }

  /** How often the log noticed that a process had died. */
  int recoveries() {
    return recoveries;
  }

  /** Newest sequence, -1 when there is none. */
  long lastSequence() {
    return nextSequence - 1;
  }

  /** Sequences that are missing. */
  List<String> problems() {
    return List.copyOf(problems);
  }
}
