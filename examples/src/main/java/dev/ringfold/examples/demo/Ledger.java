// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import dev.ringfold.event.DropReason;
import dev.ringfold.event.DropsObserved;
import dev.ringfold.event.LedgerMark;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The loss ledger, worked out twice: by counting events and declared drops in the journal, and from
 * the marks the log wrote. Used by one thread.
 */
final class Ledger {
  /** One producer's account in one session. */
  static final class Account {
    private final int session;
    private final int producer;
    private String name = "";
    private long stored;
    private long dropped;
    private final Map<DropReason, Long> reasons = new EnumMap<>(DropReason.class);
    private @Nullable LedgerMark mark;

    private Account(int session, int producer) {
      this.session = session;
      this.producer = producer;
    }

    int session() {
      return session;
    }

    String name() {
      return name;
    }

    /** Events of it that are in the journal. */
    long stored() {
      return stored;
    }

    /** Drops of it that the journal declares. */
    long dropped() {
      return dropped;
    }

    long dropped(DropReason reason) {
      return reasons.getOrDefault(reason, 0L);
    }

    /** What was offered as the log says; -1 when it does not. */
    long offered() {
      LedgerMark last = mark;
      return last == null ? -1 : last.offered();
    }

    /** Drops by reason: {@code 12 ring_full, 3 crash}. */
    String reasons() {
      StringBuilder text = new StringBuilder();
      reasons.forEach(
          (reason, count) ->
              text.append(text.length() == 0 ? "" : ", ")
                  .append(count)
                  .append(' ')
                  .append(reason.name().toLowerCase(Locale.ROOT)));
      return text.toString();
    }

    /** What does not add up, or null. */
    @Nullable String problem() {
      String where = "session " + session + ", producer '" + name + "' (" + producer + "): ";
      LedgerMark last = mark;
      if (last == null || !last.closing()) {
        return where + "the log wrote no closing mark";
      }
      if (last.lowerBound()) {
        return where + "the mark is only a lower bound: the counters were lost";
      }
      if (last.offered() != stored + dropped
          || last.stored() != stored
          || last.dropped() != dropped) {
        return where
            + "the mark says offered "
            + last.offered()
            + ", stored "
            + last.stored()
            + ", dropped "
            + last.dropped()
            + "; the journal holds "
            + stored
            + " events and declares "
            + dropped
            + " drops";
      }
      return null;
    }
  }

  private final TreeMap<Long, Account> accounts = new TreeMap<>();

  private Account account(int session, int producer) {
    long key = (long) session << Integer.SIZE | producer;
    return accounts.computeIfAbsent(key, unused -> new Account(session, producer));
  }

  /** An event of a producer is in the journal. */
  void stored(int session, int producer) {
    account(session, producer).stored++;
  }

  /** The journal declares drops. */
  void dropped(DropsObserved drops) {
    Account account = account(drops.session(), drops.producer());
    account.dropped += drops.count();
    account.reasons.merge(drops.reason(), drops.count(), Long::sum);
  }

  /** The log wrote an account of its own; the last one of a session counts. */
  void mark(LedgerMark mark, String name) {
    Account account = account(mark.session(), mark.producer());
    account.mark = mark;
    account.name = name;
  }

  /** By session and producer. */
  List<Account> accounts() {
    return new ArrayList<>(accounts.values());
  }

  /** The account of a producer in a session, or null. */
  @Nullable Account find(int session, String name) {
    for (Account account : accounts.values()) {
      if (account.session == session && account.name.equals(name)) {
        return account;
      }
    }
    return null;
  }

  /** Declared drops of all accounts. */
  long dropped() {
    return accounts.values().stream().mapToLong(Account::dropped).sum();
  }

  /** Events that were offered and are neither stored nor declared as dropped. */
  long lost() {
    return accounts.values().stream()
        .mapToLong(account -> Math.max(0, account.offered() - account.stored - account.dropped))
        .sum();
  }

  /** Whatever does not add up. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    for (Account account : accounts.values()) {
      String problem = account.problem();
      if (problem != null) {
        problems.add(problem);
      }
    }
    return problems;
  }
}
