// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ForceGatheringTest {
  private static final long NOW = 1_000_000_000L;
  private static final long FORCE_NANOS = 80_000L;

  private final ForceGathering gathering = new ForceGathering();

  @Test
  void nothingIsDueWhenNobodyWaits() {
    assertThat(gathering.isWanted()).isFalse();
    assertThat(gathering.isDue(5, 0, 0, NOW)).isFalse();
  }

  @Test
  void oneCallerNeverWaits() {
    gathering.want(7, NOW);
    assertThat(gathering.isDue(1, 0, FORCE_NANOS, NOW)).isTrue();
    assertThat(gathering.take()).isEqualTo(7);
    assertThat(gathering.isWanted()).isFalse();
  }

  @Test
  void waitsUntilAllThatAreExpectedHaveCome() {
    gathering.want(7, NOW);
    assertThat(gathering.isDue(3, 4, FORCE_NANOS, NOW)).isFalse();
    gathering.want(8, NOW + 1);
    assertThat(gathering.isDue(4, 4, FORCE_NANOS, NOW + 1)).isTrue();
    assertThat(gathering.take()).isEqualTo(8);
  }

  @Test
  void waitsHalfAForceAtMostCountedFromTheFirstWaiter() {
    gathering.want(7, NOW);
    gathering.want(8, NOW + FORCE_NANOS / 2 - 1);
    assertThat(gathering.isDue(2, 64, FORCE_NANOS, NOW + FORCE_NANOS / 2 - 1)).isFalse();
    assertThat(gathering.isDue(2, 64, FORCE_NANOS, NOW + FORCE_NANOS / 2)).isTrue();
  }

  @Test
  void waitIsBoundedOnASlowDisk() {
    long slow = 50_000_000L;
    gathering.want(7, NOW);
    assertThat(gathering.isDue(2, 64, slow, NOW + ForceGathering.WAIT_NANOS_MAX - 1)).isFalse();
    assertThat(gathering.isDue(2, 64, slow, NOW + ForceGathering.WAIT_NANOS_MAX)).isTrue();
  }

  @Test
  void aForceInBetweenAnswersWhoItCovers() {
    gathering.want(7, NOW);
    gathering.durable(6);
    assertThat(gathering.isWanted()).isTrue();
    gathering.durable(7);
    assertThat(gathering.isWanted()).isFalse();
  }
}
