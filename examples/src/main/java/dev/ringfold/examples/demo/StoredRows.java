// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import dev.ringfold.EventView;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.DropsObserved;
import dev.ringfold.event.Event;
import dev.ringfold.event.LedgerMark;
import dev.ringfold.event.LogOpened;
import dev.ringfold.event.MetricsView;
import dev.ringfold.event.RecoveryCompleted;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the journal holds, every row compared with the data set bit by bit. Fed by one tailer from
 * the first event to the last; used by one thread.
 */
final class StoredRows {
  /** Events at the end that are kept as text. */
  static final int TAIL = 8;

  private static final int BATCH = 1_024;
  private static final int MAX_PROBLEMS = 20;

  private final Digits digits;
  private final BitSet offered = new BitSet(DemoPlan.GOAL);
  private final long[] requiredAt = new long[Digits.ROWS];
  private final Ledger ledger = new Ledger();
  private final ArrayDeque<String> tail = new ArrayDeque<>();
  private final List<String> problems = new ArrayList<>();
  private final MetricsView row = new MetricsView();
  private @Nullable RecoveryCompleted recovery;
  private int session;
  private long rows;
  private long wrong;
  private long twice;
  private long nextSequence;

  private StoredRows(Digits digits) {
    this.digits = digits;
    Arrays.fill(requiredAt, -1);
  }

  /** Reads everything that the tailer gives. */
  static StoredRows read(Tailer tailer, Digits digits) {
    StoredRows stored = new StoredRows(digits);
    while (tailer.poll(event -> stored.take(event, tailer), BATCH) > 0) {
      // Everything happens in take.
    }
    return stored;
  }

  private void take(EventView event, Tailer tailer) {
    if (event.sequence() != nextSequence) {
      problem("sequence " + nextSequence + " is missing; the next one is " + event.sequence());
    }
    nextSequence = event.sequence() + 1;
    if (event.producer() != 0) {
      ledger.stored(session, event.producer());
    }
    if (event.typeId() == BuiltinTypes.METRICS_LOGGED.id()) {
      row.wrap(event.buffer(), event.payloadOffset(), event.payloadLength());
      takeRow(event);
      remember(event, "MetricsLogged", "pass " + row.epoch() + ", image " + row.step());
      return;
    }
    Event fact = tailer.decode(event);
    takeFact(fact, tailer);
    String text = fact.toString();
    remember(event, fact.getClass().getSimpleName(), text.substring(text.indexOf('[')));
  }

  private void takeFact(Event fact, Tailer tailer) {
    if (fact instanceof LogOpened opened) {
      session = opened.session();
    } else if (fact instanceof RecoveryCompleted completed) {
      recovery = completed;
    } else if (fact instanceof DropsObserved drops) {
      ledger.dropped(drops);
    } else if (fact instanceof LedgerMark mark) {
      ledger.mark(mark, tailer.names().name(mark.nameId()));
    }
  }

  private void takeRow(EventView event) {
    rows++;
    int image = (int) row.step();
    int pass = row.epoch();
    if (image < 0 || image >= Digits.ROWS || pass < 0 || pass >= DemoPlan.PASSES || !same(image)) {
      wrong++;
      problem("event " + event.sequence() + " is not a row of the data set");
      return;
    }
    String stream = event.stream().name();
    if (stream.equals(DemoPlan.REQUIRED_STREAM)) {
      if (requiredAt[image] >= 0) {
        again(event, "the same append as event " + requiredAt[image]);
      }
      requiredAt[image] = event.sequence();
      return;
    }
    if (!stream.equals(DemoPlan.DIGIT_STREAM + digits.label(image))) {
      wrong++;
      problem("event " + event.sequence() + " is in stream " + stream + ", which is another digit");
    }
    int index = pass * Digits.ROWS + image;
    if (offered.get(index)) {
      again(event, "image " + image + " of pass " + pass + " once more");
    }
    offered.set(index);
  }

  private boolean same(int image) {
    if (row.columns() != DemoPlan.LABEL_COLUMN + 1 || !row.complete()) {
      return false;
    }
    for (int column = 0; column <= DemoPlan.LABEL_COLUMN; column++) {
      if (row.longAt(column) != digits.cell(image, column)) {
        return false;
      }
    }
    return true;
  }

  private void again(EventView event, String what) {
    twice++;
    problem("event " + event.sequence() + " is " + what);
  }

  private void problem(String text) {
    if (problems.size() < MAX_PROBLEMS) {
      problems.add(text);
    }
  }

  private void remember(EventView event, String type, String text) {
    if (tail.size() == TAIL) {
      tail.removeFirst();
    }
    tail.addLast(
        String.format(
            Locale.ROOT,
            "%8d  %-14s %-9s %s",
            event.sequence(),
            type,
            event.stream().name(),
            text));
  }

  /**
   * Compares with the acknowledgements; returns how many are not kept.
   *
   * @param acknowledged row by sequence
   */
  long acknowledgedLost(Map<Long, Integer> acknowledged) {
    long lost = 0;
    for (Map.Entry<Long, Integer> entry : acknowledged.entrySet()) {
      int image = entry.getValue();
      boolean kept =
          image >= 0 && image < Digits.ROWS && requiredAt[image] == entry.getKey().longValue();
      if (!kept) {
        lost++;
        problem("row " + image + " was acknowledged as event " + entry.getKey() + " and is lost");
      }
    }
    return lost;
  }

  /** Whether a row of a pass is in the journal, among those that were offered. */
  boolean contains(int pass, int image) {
    return offered.get(pass * Digits.ROWS + image);
  }

  /** Different rows that were offered and are stored. */
  int offeredRows() {
    return offered.cardinality();
  }

  /** Different rows that were appended and are stored. */
  int requiredRows() {
    return (int) Arrays.stream(requiredAt).filter(sequence -> sequence >= 0).count();
  }

  /** Rows, whichever. */
  long rows() {
    return rows;
  }

  /** Rows that differ from the data set. */
  long wrong() {
    return wrong;
  }

  /** Rows that are there more than once. */
  long twice() {
    return twice;
  }

  Ledger ledger() {
    return ledger;
  }

  @Nullable RecoveryCompleted recovery() {
    return recovery;
  }

  /** The newest events, one line each. */
  List<String> tail() {
    return List.copyOf(tail);
  }

  /** What is wrong, at most {@value #MAX_PROBLEMS} lines, without the ledger's. */
  List<String> problems() {
    return List.copyOf(problems);
  }
}
