// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class PacerTest {
  private static final long MILLI = 1_000_000;

  @Test
  void rowIsNotBeforeItIsDue() {
    Pacer pacer = new Pacer(1_000);

    pacer.await(20);

    assertThat(System.nanoTime()).isGreaterThanOrEqualTo(pacer.dueNanos(20));
    assertThat(pacer.dueNanos(20) - pacer.dueNanos(0)).isEqualTo(20 * MILLI);
  }

  @Test
  void timeThatIsLostBeyondTheLimitIsNotCaughtUpWith() {
    Pacer limited = new Pacer(1_000, 5 * MILLI);
    Pacer unlimited = new Pacer(1_000);
    long due = limited.dueNanos(0);
    long dueUnlimited = unlimited.dueNanos(0);
    long end = System.nanoTime() + 50 * MILLI;
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(MILLI);
    }

    limited.await(0);
    unlimited.await(0);

    assertThat(limited.dueNanos(0) - due).isGreaterThanOrEqualTo(45 * MILLI);
    assertThat(unlimited.dueNanos(0)).isEqualTo(dueUnlimited);
  }
}
