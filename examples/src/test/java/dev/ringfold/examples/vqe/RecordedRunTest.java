// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.call.PaidCalls;
import dev.ringfold.call.Provider;
import dev.ringfold.call.ProviderKind;
import dev.ringfold.writers.checkpoint.CheckpointReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that was paid for is replayed: nobody is asked, and it ends in the same state. */
class RecordedRunTest {
  private static final VqePlan PLAN = new VqePlan(2, 200, 400);

  @TempDir Path directory;

  @Test
  void aReplayMakesNoExternalCallAndEndsInTheSameState() throws Exception {
    Path store = directory.resolve("log");
    try (SimulatorProcess simulator =
        SimulatorProcess.start(directory.resolve("computer"), "quantum", 1, 0)) {
      JobClient client = simulator.client();
      // The computer is there, and would answer and count: only the replay keeps from asking it.
      Provider computer = client.provider(ProviderKind.IDEMPOTENT);
      VqeRun.Result result;
      try (VqeRun run = VqeRun.open(store, PLAN, computer)) {
        result = run.minimize();
      }
      double[] bill = client.bill();
      assertThat(bill[0]).isEqualTo(PLAN.jobs());

      try (EventLogReader reader = EventLog.openReadOnly(store)) {
        double[] angles = replay(reader, computer, result);

        assertThat(client.bill()).as("jobs and money").containsExactly(bill);
        assertThat(hash(angles)).isEqualTo(hash(saved(reader))).isEqualTo(hash(result.angles()));
      }
    }
  }

  private static double[] replay(EventLogReader reader, Provider computer, VqeRun.Result live) {
    try (PaidCalls calls = PaidCalls.replaying(reader, VqeRun.NAME + "-jobs")) {
      EnergyMeter meter = new EnergyMeter(calls, computer);
      double[] angles = PLAN.start();
      for (int sweep = 0; sweep < PLAN.sweeps(); sweep++) {
        for (int angle = 0; angle < angles.length; angle++) {
          PLAN.turn(meter, sweep, angle, angles);
        }
      }
      assertThat(PLAN.measureResult(meter, angles)).isEqualTo(live.measured());
      assertThat(meter.recorded()).isEqualTo(PLAN.jobs());
      assertThat(calls.spent()).isEqualTo(live.spent());
      return angles;
    }
  }

  private static double[] saved(EventLogReader reader) {
    try (CheckpointReader checkpoints = CheckpointReader.open(reader)) {
      return checkpoints.latest().tensor("angles").toDoubles();
    }
  }

  private static String hash(double[] state) throws Exception {
    ByteBuffer bytes =
        ByteBuffer.allocate(state.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : state) {
      bytes.putDouble(value);
    }
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
  }
}
