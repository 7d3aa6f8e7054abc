// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Losses of power by the page mixer, in this process. */
class PowerLossTest {
  private static final long SEED = Long.getLong("ringfold.seed", 1);
  private static final int SEEDS = 20;

  @Test
  void fiveHundredMixesHoldEverythingThatWasOnDisk() {
    List<String> failures = new ArrayList<>();
    CrashTest harness = new CrashTest(Places.fast(Path.of("target/crash")), null, failures::add);

    CrashTest.Row row = harness.run(FaultKind.POWER, SEED, SEEDS);

    assertThat(failures).as("seed %d", SEED).isEmpty();
    assertThat(row.runs()).isEqualTo(500);
    assertThat(row.lost()).isZero();
    assertThat(row.acknowledged()).isPositive();
    System.out.println(row);
  }
}
