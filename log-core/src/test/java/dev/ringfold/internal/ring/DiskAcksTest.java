// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.AckLevel;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class DiskAcksTest {
  private static final int MAX_OUTSTANDING = 16;

  private final AckThread acks = new AckThread(MAX_OUTSTANDING);
  private final DiskAcks diskAcks = new DiskAcks(acks);

  @Test
  void aGroupIsExpectedBackWithThoseThatWereOnTheirWay() {
    add(1);
    add(2);
    assertThat(acks.tryEnter()).isTrue(); // Published while the force was under way.
    diskAcks.durable(2);
    assertThat(diskAcks.size()).isZero();
    assertThat(diskAcks.expected()).isEqualTo(3);
  }

  @Test
  void nobodyIsExpectedBehindASingleCaller() {
    add(1);
    add(2);
    diskAcks.durable(2);
    add(3);
    diskAcks.durable(3);
    assertThat(diskAcks.expected()).isZero();
  }

  @Test
  void aForceThatReleasesNobodyChangesNoExpectation() {
    add(1);
    add(2);
    diskAcks.durable(2);
    add(9);
    diskAcks.durable(8);
    assertThat(diskAcks.size()).isEqualTo(1);
    assertThat(diskAcks.expected()).isEqualTo(2);
  }

  private void add(long sequence) {
    assertThat(acks.tryEnter()).isTrue();
    PendingAppend append =
        new PendingAppend(
            AckLevel.DISK,
            new PendingAppend.Expectation[0],
            new PendingAppend.Condition[0],
            false,
            0,
            0,
            0,
            new CompletableFuture<>());
    append.stored(sequence, 1, 0);
    diskAcks.add(append);
  }
}
