// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Deaths of a child process, as many as fit into every build. */
class CrashTestTest {
  private static final long SEED = Long.getLong("ringfold.seed", 1);
  private static final int KILL_SEEDS = 6;

  private final List<String> failures = new ArrayList<>();

  private CrashTest harness() {
    return new CrashTest(Places.fast(Path.of("target/crash")), null, failures::add);
  }

  @Test
  void thirtyKillsLoseNothingThatWasAcknowledged() {
    CrashTest.Row row = harness().run(FaultKind.KILL, SEED, KILL_SEEDS);

    assertThat(failures).as("seed %d", SEED).isEmpty();
    assertThat(row.runs()).isEqualTo(30);
    assertThat(row.lost()).isZero();
    assertThat(row.acknowledged()).isPositive();
    System.out.println(row);
  }

  @Test
  void deathAtEveryFaultPointLosesNothingThatWasAcknowledged() {
    CrashTest.Row row = harness().run(FaultKind.POINT, SEED, 1);

    assertThat(failures).as("seed %d", SEED).isEmpty();
    assertThat(row.found()).isZero();
    System.out.println(row);
  }
}
