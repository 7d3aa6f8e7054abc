// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.LedgerMark;
import dev.ringfold.event.LogOpened;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.event.RecoveryCompleted;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the journal of a store says about losses, read from outside. */
final class LedgerReading {
  private LedgerReading() {}

  /** The closing marks in journal order. */
  static List<LedgerMark> closingMarks(Path store) {
    List<LedgerMark> marks = new ArrayList<>();
    try (EventLogReader reader = EventLog.openReadOnly(store);
        Tailer tailer = reader.tailer().types(BuiltinTypes.LEDGER_MARK.id()).open()) {
      tailer.poll(
          event -> {
            LedgerMark mark = (LedgerMark) tailer.decode(event);
            if (mark.closing()) {
              marks.add(mark);
            }
          },
          Integer.MAX_VALUE);
    }
    return marks;
  }

  /** Every mark in journal order. */
  static List<LedgerMark> marks(Path store) {
    List<LedgerMark> marks = new ArrayList<>();
    try (EventLogReader reader = EventLog.openReadOnly(store);
        Tailer tailer = reader.tailer().types(BuiltinTypes.LEDGER_MARK.id()).open()) {
      tailer.poll(event -> marks.add((LedgerMark) tailer.decode(event)), Integer.MAX_VALUE);
    }
    return marks;
  }

  /** Sequence of the event that opened the log for this session. */
  static long firstOfSession(EventLogReader reader, int session) {
    List<Long> found = new ArrayList<>();
    try (Tailer tailer = reader.tailer().types(BuiltinTypes.LOG_OPENED.id()).open()) {
      tailer.poll(
          event -> {
            if (((LogOpened) tailer.decode(event)).session() == session) {
              found.add(event.sequence());
            }
          },
          Integer.MAX_VALUE);
    }
    return found.get(0);
  }

  /** What recoveries had to say. */
  static List<RecoveryCompleted> recoveries(Path store) {
    List<RecoveryCompleted> found = new ArrayList<>();
    try (EventLogReader reader = EventLog.openReadOnly(store);
        Tailer tailer = reader.tailer().types(BuiltinTypes.RECOVERY_COMPLETED.id()).open()) {
      tailer.poll(event -> found.add((RecoveryCompleted) tailer.decode(event)), Integer.MAX_VALUE);
    }
    return found;
  }

  /** The steps of a stream's metrics in journal order. */
  static List<Long> steps(Path store, String stream) {
    List<Long> steps = new ArrayList<>();
    try (EventLogReader reader = EventLog.openReadOnly(store);
        Tailer tailer =
            reader.tailer().types(BuiltinTypes.METRICS_LOGGED.id()).streams(stream).open()) {
      tailer.poll(
          event -> steps.add(((MetricsLogged) tailer.decode(event)).step()), Integer.MAX_VALUE);
    }
    return steps;
  }
}
