// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.examples.bench.Checker.VerificationException;
import org.junit.jupiter.api.Test;

class CheckerTest {
  private static final long SEED = 7;
  private static final long EVENTS = 1_000;

  private final BenchEvent event = new BenchEvent();

  private void accept(Checker checker, long i) {
    event.fill(SEED, i);
    checker.accept(event);
  }

  @Test
  void acceptsWhatWasPublished() {
    Checker checker = new Checker(SEED, EVENTS, 1);
    for (long i = 0; i < EVENTS; i++) {
      accept(checker, i);
    }

    assertThatCode(checker::verify).doesNotThrowAnyException();
  }

  @Test
  void acceptsAnyInterleavingOfTwoProducers() {
    Checker checker = new Checker(SEED, EVENTS, 2);
    long second = Checker.firstOf(1, 2, EVENTS);
    for (long i = 0; i < second; i++) {
      accept(checker, second + i);
      accept(checker, i);
    }

    assertThatCode(checker::verify).doesNotThrowAnyException();
  }

  @Test
  void refusesAMissingEvent() {
    Checker checker = new Checker(SEED, EVENTS, 1);
    for (long i = 0; i < EVENTS - 1; i++) {
      accept(checker, i);
    }

    assertThatThrownBy(checker::verify)
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining("published 1000 events but 999 were read");
  }

  @Test
  void refusesSwappedNeighbours() {
    Checker checker = new Checker(SEED, EVENTS, 1);
    for (long i = 0; i < EVENTS; i++) {
      accept(checker, i == 500 ? 501 : i == 501 ? 500 : i);
    }

    assertThatThrownBy(checker::verify)
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining("content hash");
  }

  @Test
  void refusesAChangedValue() {
    Checker checker = new Checker(SEED, EVENTS, 1);
    for (long i = 0; i < EVENTS; i++) {
      event.fill(SEED, i);
      if (i == 77) {
        event.values[3] = Math.nextUp(event.values[3]);
      }
      checker.accept(event);
    }

    assertThatThrownBy(checker::verify).isInstanceOf(VerificationException.class);
  }
}
