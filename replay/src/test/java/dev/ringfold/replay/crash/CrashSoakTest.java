// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The harness for hours: 1,000 kills, 25 times every fault point, 10,000 mixes and damages. */
@Tag("soak")
class CrashSoakTest {
  private static final long SEED = Long.getLong("ringfold.seed", 1_000);

  @ParameterizedTest
  @CsvSource({"KILL, 200", "POINT, 25", "POWER, 400", "DAMAGE, 200"})
  void nothingIsLostAndNothingWrongIsRead(FaultKind kind, int seeds) {
    List<String> failures = new ArrayList<>();
    CrashTest harness = new CrashTest(Places.fast(Path.of("target/crash")), null, failures::add);

    CrashTest.Row row = harness.run(kind, SEED, seeds);

    System.out.println(row);
    assertThat(failures).as("seed %d", SEED).isEmpty();
    assertThat(row.runs()).isEqualTo((long) seeds * kind.runsPerSeed());
    assertThat(row.lost()).isZero();
  }
}
