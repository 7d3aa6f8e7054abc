// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.call.CallAnswer;
import dev.ringfold.call.CallHistory;
import dev.ringfold.call.CallRecord;
import dev.ringfold.call.CallRequest;
import dev.ringfold.call.CallState;
import dev.ringfold.call.PaidCalls;
import dev.ringfold.call.PlainProvider;
import dev.ringfold.call.ProviderKind;
import dev.ringfold.examples.demo.Duck;
import dev.ringfold.writers.checkpoint.CheckpointReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** The eigensolver is killed and goes on, and comes to the very same angles as one that was not. */
@ResourceLock(Resources.SYSTEM_OUT)
class VqeExampleTest {
  private static final VqePlan PLAN = VqePlan.DEFAULT;

  private static final int JOBS_BEFORE_KILL = 152;
  private static final Pattern RESUMED =
      Pattern.compile(
          "resumed  at sweep (\\d+), after 152 jobs; of its (\\d+) results (\\d+) were in the log");

  /** A replay that called out would be found out. */
  private static final PlainProvider FORBIDDEN =
      new PlainProvider() {
        @Override
        public String name() {
          return "forbidden";
        }

        @Override
        public CallAnswer submit(CallRequest call) {
          throw new AssertionError("a replay must not call out, but asked for " + call.key());
        }
      };

  @TempDir Path directory;

  private String output() throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
    try {
      VqeExample.main(new String[] {directory.resolve("log").toString()});
    } finally {
      System.setOut(before);
    }
    return output.toString(StandardCharsets.UTF_8);
  }

  @Test
  void killedInAJobItGoesOnPaysOnceAndReachesTheExactEnergy() throws Exception {
    String output = output();

    assertThat(output)
        .contains("worker   killed in a job")
        .contains("bill     365 jobs for 365 calls, 1577.75 credits; the log says 1577.75")
        .containsPattern("exact {4}-1\\.137306: reached, [0-9.]+e-0[4-9] above it");
    int sweep = resumedAt(output);
    Path store = directory.resolve("log");
    double[] angles;
    try (EventLogReader reader = EventLog.openReadOnly(store)) {
      assertThat(CallHistory.read(reader).calls())
          .hasSize(PLAN.jobs())
          .extracting(CallRecord::state)
          .containsOnly(CallState.COMPLETED);
      try (CheckpointReader checkpoints = CheckpointReader.open(reader)) {
        angles = checkpoints.latest().tensor("angles").toDoubles();
        assertThat(checkpoints.latest().epoch()).isEqualTo(PLAN.sweeps() - 1);
      }
      assertThat(replayed(reader)).as("replayed, 0 calls").containsExactly(angles);
    }
    assertThat(neverKilled()).as("never killed").containsExactly(angles);
    checkTable(store, sweep);
    checkHowTo(output, store);
  }

  /** The how-to shows this run. */
  private static void checkHowTo(String output, Path store) throws Exception {
    HowTo.commands(Pattern.compile("VqeExample")).get(0).check(output.lines().toList());
    for (HowTo.Shown shown : HowTo.commands(Pattern.compile("^\\./ringfold .* vqe\\b"))) {
      shown.check("vqe", store);
    }
  }

  /** The sweep after the newest checkpoint: the one of sweep 2 may not have been whole yet. */
  private static int resumedAt(String output) {
    Matcher line = RESUMED.matcher(output);
    assertThat(line.find()).as(output).isTrue();
    int sweep = Integer.parseInt(line.group(1));
    int results = Integer.parseInt(line.group(2));
    int inTheLog = Integer.parseInt(line.group(3));
    int skipped = sweep * VqePlan.jobsPerSweep();
    assertThat(sweep).isBetween(2, 3);
    assertThat(results).isEqualTo(PLAN.jobs() - skipped);
    // The one that it was killed in was paid for, but its result was not in the log.
    assertThat(inTheLog).isEqualTo(JOBS_BEFORE_KILL - 1 - skipped);
    return sweep;
  }

  private static double[] replayed(EventLogReader reader) {
    try (PaidCalls replay = PaidCalls.replaying(reader, VqeRun.NAME + "-jobs")) {
      EnergyMeter meter = new EnergyMeter(replay, FORBIDDEN);
      double[] angles = PLAN.start();
      for (int sweep = 0; sweep < PLAN.sweeps(); sweep++) {
        for (int angle = 0; angle < angles.length; angle++) {
          PLAN.turn(meter, sweep, angle, angles);
        }
      }
      PLAN.measureResult(meter, angles);
      assertThat(meter.recorded()).isEqualTo(PLAN.jobs());
      assertThat(meter.cost()).isCloseTo(PLAN.price(), Offset.offset(1e-6));
      return angles;
    }
  }

  private double[] neverKilled() throws Exception {
    Path store = directory.resolve("other");
    try (SimulatorProcess simulator =
            SimulatorProcess.start(directory.resolve("other-computer"), "quantum", 1, 0);
        VqeRun run =
            VqeRun.open(store, PLAN, simulator.client().provider(ProviderKind.IDEMPOTENT))) {
      VqeRun.Result result = run.minimize();
      assertThat(result.recorded()).isZero();
      assertThat(result.circuits()).isEqualTo(PLAN.jobs());
      return result.angles();
    }
  }

  private static void checkTable(Path store, int sweep) throws Exception {
    int sweeps = PLAN.sweeps() - sweep;
    try (Duck duck = Duck.open()) {
      String rows = " from '" + store.resolve("outputs/metrics.parquet/*.parquet") + "' ";
      String newest = "where attempt = 1 and kind = 'step' ";
      assertThat(duck.number("select count(*)" + rows + newest))
          .isEqualTo((long) Ansatz.PARAMETERS * sweeps);
      assertThat(duck.number("select max(circuits)" + rows + newest))
          .isEqualTo((long) VqePlan.jobsPerSweep() * sweeps);
      assertThat(duck.number("select max(circuits_from_log)" + rows + newest))
          .isEqualTo(JOBS_BEFORE_KILL - 1 - sweep * VqePlan.jobsPerSweep());
      assertThat(duck.number("select count(*)" + rows + newest + "and energy < -1.13 and cost > 0"))
          .isPositive();
      assertThat(duck.number("select max(shots)" + rows + newest)).isGreaterThan(1_000_000);
    }
  }
}
