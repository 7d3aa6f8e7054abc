// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.RingfoldException;
import dev.ringfold.call.CallHistory;
import dev.ringfold.call.ProviderKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Finds the ground state energy of the hydrogen molecule on a quantum computer that charges for
 * every job. The computer is another process; it loses some requests and replies, and in the middle
 * of the run it kills the program that asks, when it has taken a job and not yet answered. The
 * program goes on from its last checkpoint, pays for nothing twice, and says how far it is from the
 * exact energy.
 */
public final class VqeExample {
  private static final double GOAL = 1e-3;
  private static final long SEED = 7;
  private static final int MISHAPS_PERCENT = 3;
  private static final int JOBS_BEFORE_KILL = 3 * VqePlan.jobsPerSweep() + 16;
  private static final int KILLED = 128 + 9;
  private static final long TIMEOUT_SECONDS = 300;

  private VqeExample() {}

  /** Runs: the store's directory; the quantum computer's is beside it. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path store = Path.of(arguments.length > 0 ? arguments[0] : "vqe");
    Path computer = store.resolveSibling(store.getFileName() + "-computer");
    try (SimulatorProcess simulator =
        SimulatorProcess.start(computer, "quantum", SEED, MISHAPS_PERCENT)) {
      JobClient client = simulator.client();
      client.order(Mishap.KILL_DURING, JOBS_BEFORE_KILL);
      runUntilKilled(store, computer);
      double jobsBefore = client.bill()[0];

      VqeRun.Result result;
      try (VqeRun run = VqeRun.open(store, VqePlan.DEFAULT, client.provider(ProviderKind.LOOKUP))) {
        result = run.minimize();
      }
      report(store, result, jobsBefore, client.bill());
    }
  }

  private static void runUntilKilled(Path store, Path computer)
      throws IOException, InterruptedException {
    Process worker =
        new ProcessBuilder(Jvm.withLog(VqeWorker.class, store, computer))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (!worker.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      worker.destroyForcibly();
      throw new RingfoldException("The worker did not end in " + TIMEOUT_SECONDS + " seconds.");
    }
    if (worker.exitValue() != KILLED && worker.exitValue() != 0) {
      throw new RingfoldException("The worker ended with code " + worker.exitValue() + ".");
    }
    print(
        worker.exitValue() == 0 ? "worker   ended: all was paid for" : "worker   killed in a job");
  }

  private static void report(Path store, VqeRun.Result result, double jobsBefore, double[] bill) {
    long calls;
    double spent;
    try (EventLogReader reader = EventLog.openReadOnly(store)) {
      CallHistory history = CallHistory.read(reader);
      calls = history.calls().size();
      spent = history.spent();
    }
    print(
        "resumed  at sweep %d, after %.0f jobs; of its %d results %d were in the log",
        result.firstSweep(), jobsBefore, result.circuits(), result.recorded());
    print(
        "bill     %.0f jobs for %d calls, %.2f credits; the log says %.2f",
        bill[0], calls, bill[1], spent);
    double exact = Molecule.exactEnergy();
    double error = result.energy() - exact;
    print("energy   %.6f measured, %.6f of the state", result.measured(), result.energy());
    print(
        "exact    %.6f: %s, %.1e above it; the goal is %.0e",
        exact, error <= GOAL ? "reached" : "MISSED", error, GOAL);
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
