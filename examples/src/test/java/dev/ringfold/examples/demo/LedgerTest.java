// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.event.DropReason;
import dev.ringfold.event.DropsObserved;
import dev.ringfold.event.LedgerMark;
import org.junit.jupiter.api.Test;

final class LedgerTest {
  private final Ledger ledger = new Ledger();

  private void publish(int stored, int dropped) {
    for (int i = 0; i < stored; i++) {
      ledger.stored(1, 3);
    }
    ledger.dropped(new DropsObserved(3, 0, 1, dropped, dropped, DropReason.CRASH, 1));
  }

  private void mark(long offered, long stored, long dropped, boolean lowerBound, boolean closing) {
    ledger.mark(new LedgerMark(1, 3, 9, offered, stored, dropped, lowerBound, closing), "camera");
  }

  @Test
  void balancedLedgerHasNoProblems() {
    publish(5, 2);
    mark(7, 5, 2, false, true);

    assertThat(ledger.problems()).isEmpty();
    assertThat(ledger.lost()).isZero();
    assertThat(ledger.dropped()).isEqualTo(2);
  }

  @Test
  void corruptedCounterIsSeenAsLost() {
    publish(5, 2);
    mark(8, 5, 2, false, true);

    assertThat(ledger.lost()).isEqualTo(1);
    assertThat(ledger.problems())
        .singleElement()
        .asString()
        .contains("session 1, producer 'camera' (3)")
        .contains("offered 8, stored 5, dropped 2")
        .contains("holds 5 events and declares 2 drops");
  }

  @Test
  void markThatOnlySumsUpButNamesOtherNumbersIsAProblem() {
    publish(5, 2);
    mark(7, 4, 3, false, true);

    assertThat(ledger.problems()).hasSize(1);
  }

  @Test
  void missingClosingMarkIsAProblem() {
    publish(5, 2);
    mark(7, 5, 2, false, false);

    assertThat(ledger.problems()).singleElement().asString().contains("no closing mark");
  }

  @Test
  void lostCountersAreAProblem() {
    publish(5, 2);
    mark(7, 5, 2, true, true);

    assertThat(ledger.problems()).singleElement().asString().contains("lower bound");
  }
}
