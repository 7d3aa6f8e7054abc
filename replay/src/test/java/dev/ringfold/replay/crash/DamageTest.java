// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Damaged files of every type, in this process. */
class DamageTest {
  private static final long SEED = Long.getLong("ringfold.seed", 1);
  private static final int SEEDS = 10;

  @Test
  void fiveHundredDamagesAreDetectedOrChangeNoAnswer() {
    List<String> failures = new ArrayList<>();
    CrashTest harness = new CrashTest(Places.fast(Path.of("target/crash")), null, failures::add);

    DamageFault fault = new DamageFault();
    CrashTest.Row row = harness.run(FaultKind.DAMAGE, fault, SEED, SEEDS);

    System.out.println(row + " " + fault.answers());
    assertThat(failures).as("seed %d", SEED).isEmpty();
    assertThat(row.runs()).isEqualTo(500);
    assertThat(fault.answers())
        .containsKeys("19700101-0000.cq4", "MANIFEST", "index", "keys", "counters");
  }
}
