// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import dev.ringfold.EventView;
import dev.ringfold.Tailer;
import dev.ringfold.event.DropsObserved;
import dev.ringfold.event.Event;
import dev.ringfold.event.LedgerMark;
import dev.ringfold.event.LogOpened;
import dev.ringfold.event.RecoveryCompleted;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One reading of a whole log, event by event: the checksum of every payload, the ledger as the
 * events tell it, and whatever is wrong with the order of things. Used by one thread.
 */
final class StoreReading {
  /** Most problems that are kept; one is enough to fail. */
  private static final int MAX_PROBLEMS = 20;

  /** One producer's account in one session. */
  private static final class Account {
    long stored;
    long dropped;
    int closingMarks;
    @Nullable LedgerMark closingMark;
  }

  private record Key(int session, int producer) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int bySession = Integer.compare(session, other.session);
      return bySession != 0 ? bySession : Integer.compare(producer, other.producer);
    }
  }

  private final Workload.Check check;
  private final TreeMap<Key, Account> accounts = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> cuts = new ArrayList<>();
  private int[] crcs = new int[1024];
  private long next;
  private long lastLogTime = Long.MIN_VALUE;
  private int session;
  private int recoveries;

  private StoreReading(Workload.Check check) {
    this.check = check;
  }

  /**
   * Reads everything a tailer gives from sequence 0 on.
   *
   * @throws dev.ringfold.RingfoldException when the log cannot be read
   */
  static StoreReading of(Tailer.Builder tailers, Workload.Check check) {
    StoreReading reading = new StoreReading(check);
    try (Tailer tailer = tailers.fromSequence(0).open()) {
      tailer.poll(view -> reading.visit(view, tailer), Integer.MAX_VALUE);
    }
    return reading;
  }

  private void visit(EventView view, Tailer tailer) {
    if (view.sequence() != next) {
      problem("sequence " + view.sequence() + " came where " + next + " was due");
    }
    if (view.logTimeNanos() < lastLogTime) {
      problem("log time goes back at sequence " + view.sequence());
    }
    lastLogTime = view.logTimeNanos();
    remember(view);
    next = view.sequence() + 1;
    if (view.producer() != 0) {
      account(session, view.producer()).stored++;
    }
    Event event = tailer.decode(view);
    visitFact(event);
    String problem = check.problem(view, event);
    if (problem != null) {
      problem("sequence " + view.sequence() + ": " + problem);
    }
  }

  private void remember(EventView view) {
    int at = (int) view.sequence();
    if (at >= crcs.length) {
      crcs = Arrays.copyOf(crcs, Math.max(at + 1, crcs.length * 2));
    }
    CRC32C crc = new CRC32C();
    crc.update(view.buffer().slice(view.payloadOffset(), view.payloadLength()));
    crcs[at] = (int) crc.getValue();
  }

  private void visitFact(Event event) {
    if (event instanceof LogOpened opened) {
      session = opened.session();
    } else if (event instanceof RecoveryCompleted recovery) {
      recoveries++;
      cuts.add(recovery.detail());
    } else if (event instanceof DropsObserved drops) {
      account(drops.session(), drops.producer()).dropped += drops.count();
    } else if (event instanceof LedgerMark mark && mark.closing()) {
      close(mark);
    }
  }

  private Account account(int inSession, int producer) {
    return accounts.computeIfAbsent(new Key(inSession, producer), key -> new Account());
  }

  private void close(LedgerMark mark) {
    Account account = account(mark.session(), mark.producer());
    account.closingMarks++;
    account.closingMark = mark;
    String who = "producer " + mark.producer() + " of session " + mark.session();
    if (mark.offered() != mark.stored() + mark.dropped()) {
      problem("the closing mark of " + who + " does not balance: " + mark);
    }
    if (mark.stored() != account.stored || mark.dropped() != account.dropped) {
      problem(
          "the ledger of "
              + who
              + " is wrong: "
              + account.stored
              + " events stored and "
              + account.dropped
              + " declared as dropped, but the mark says "
              + mark);
    }
  }

  /** Every session before the newest one must have been closed for every producer, once. */
  void requireClosedLedger(int newestSession) {
    accounts.forEach(
        (key, account) -> {
          if (key.session < newestSession && account.closingMarks != 1) {
            problem(
                "producer "
                    + key.producer
                    + " of session "
                    + key.session
                    + " has "
                    + account.closingMarks
                    + " closing marks, expected 1");
          }
        });
  }

  /** The last word about a producer's account in a session, or null. */
  @Nullable LedgerMark closingMark(int inSession, int producer) {
    Account account = accounts.get(new Key(inSession, producer));
    return account == null ? null : account.closingMark;
  }

  /** Notes what is wrong. */
  void problem(String problem) {
    if (problems.size() < MAX_PROBLEMS) {
      problems.add(problem);
    }
  }

  /** Compares with what was acknowledged. */
  void compare(List<Oracle.Ack> acks) {
    for (Oracle.Ack ack : acks) {
      if (ack.sequence() >= next) {
        problem("LOST: acknowledged sequence " + ack.sequence() + ", the log ends before " + next);
      } else if (crcs[(int) ack.sequence()] != ack.crc()) {
        problem("WRONG: sequence " + ack.sequence() + " is not the event that was acknowledged");
      }
    }
  }

  /** Whether another reading begins with the same events as this one, up to this one's end. */
  void requireSameBegin(StoreReading later) {
    if (later.next < next) {
      problem("a later reading ends before " + later.next + ", this one before " + next);
      return;
    }
    int differs = Arrays.mismatch(crcs, 0, (int) next, later.crcs, 0, (int) next);
    if (differs >= 0) {
      problem("sequence " + differs + " changed between two readings");
    }
  }

  /** Acknowledged events that are not here. */
  long lost(List<Oracle.Ack> acks) {
    return acks.stream().filter(ack -> ack.sequence() >= next).count();
  }

  /** Whether a payload with this checksum stands at this sequence. */
  int crc(long sequence) {
    return crcs[(int) sequence];
  }

  /** One more than the newest sequence. */
  long nextSequence() {
    return next;
  }

  /** Number of the newest session that was opened. */
  int session() {
    return session;
  }

  /** Recoveries that the log tells of. */
  int recoveries() {
    return recoveries;
  }

  /** What the recoveries said. */
  List<String> cuts() {
    return List.copyOf(cuts);
  }

  /** What is wrong; empty when nothing is. */
  List<String> problems() {
    return List.copyOf(problems);
  }
}
