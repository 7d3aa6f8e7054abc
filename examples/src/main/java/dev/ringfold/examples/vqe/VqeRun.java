// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

import dev.ringfold.LogOption;
import dev.ringfold.call.CallBudget;
import dev.ringfold.call.CallLimits;
import dev.ringfold.call.PaidCalls;
import dev.ringfold.call.Provider;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import dev.ringfold.writers.checkpoint.Checkpoint;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.quantum.Simulator;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import dev.ringfold.writers.parquet.LayoutRow;
import dev.ringfold.writers.parquet.MetricsLogger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * The run: metrics, checkpoints and paid calls in one log. It does not know whether it is the first
 * attempt or goes on after a crash: it loads the newest checkpoint if there is one, and asks for
 * the jobs it needs; those that were paid for are in the log. Used by one thread.
 */
final class VqeRun implements AutoCloseable {
  static final String NAME = "h2";

  private static final MetricLayout COLUMNS =
      MetricLayout.builder()
          .doubles("energy", "cost")
          .column("circuits", MetricType.LONG)
          .column("shots", MetricType.LONG)
          .column("circuits_from_log", MetricType.LONG)
          .build();
  private static final int ENERGY = COLUMNS.indexOf("energy");
  private static final int COST = COLUMNS.indexOf("cost");
  private static final int CIRCUITS = COLUMNS.indexOf("circuits");
  private static final int SHOTS = COLUMNS.indexOf("shots");
  private static final int FROM_LOG = COLUMNS.indexOf("circuits_from_log");

  private static final CallLimits LIMITS =
      CallLimits.DEFAULTS.retrying(20, Duration.ofMillis(20), Duration.ofMillis(500));

  /** What became of it. */
  record Result(
      double[] angles,
      double measured,
      double energy,
      int firstSweep,
      int circuits,
      int recorded,
      double spent) {}

  private final VqePlan plan;
  private final MetricsLogger logger;
  private final Checkpoints checkpoints;
  private final PaidCalls calls;
  private final EnergyMeter meter;
  private final LayoutRow row;

  private VqeRun(
      VqePlan plan,
      MetricsLogger logger,
      Checkpoints checkpoints,
      PaidCalls calls,
      Provider computer) {
    this.plan = plan;
    this.logger = logger;
    this.checkpoints = checkpoints;
    this.calls = calls;
    this.meter = new EnergyMeter(calls, computer);
    this.row = logger.row(COLUMNS);
  }

  /** Opens the run in a store, new or after a crash. */
  static VqeRun open(Path store, VqePlan plan, Provider computer) {
    MetricsLogger logger =
        MetricsLogger.builder(store)
            .configuration(plan.toString())
            .log(log -> log.environment(Map.of()).set(LogOption.SEGMENT_BYTES, 16 << 20))
            .run(NAME)
            .open();
    try {
      Checkpoints checkpoints = Checkpoints.on(logger.log()).run(NAME).open();
      // What the whole run costs and no more: a loop that went astray would be stopped.
      PaidCalls calls =
          PaidCalls.on(
              logger.log(),
              logger.log().stream(NAME + "-jobs"),
              CallBudget.of(plan.price()),
              LIMITS);
      return new VqeRun(plan, logger, checkpoints, calls, computer);
    } catch (RuntimeException | Error e) {
      logger.close();
      throw e;
    }
  }

  /** Looks for the lowest energy. */
  Result minimize() {
    double[] angles = plan.start();
    int firstSweep = 0;
    if (checkpoints.latestSummary().isPresent()) {
      Checkpoint latest = checkpoints.latest();
      angles = latest.tensor("angles").toDoubles();
      firstSweep = Math.toIntExact(latest.epoch()) + 1;
    }
    for (int sweep = firstSweep; sweep < plan.sweeps(); sweep++) {
      double energy = sweep(sweep, angles);
      // Returns at once; the bytes follow in the background.
      Map<String, Tensor> state = Map.of("angles", Tensor.of(angles, angles.length));
      checkpoints.save(sweep, state, Map.of(), Map.of("energy", energy));
    }
    double measured = plan.measureResult(meter, angles);
    double energy = Molecule.energy(Simulator.run(Ansatz.circuit("ZZZZ"), angles));
    return new Result(
        angles, measured, energy, firstSweep, meter.circuits(), meter.recorded(), calls.spent());
  }

  private double sweep(int sweep, double[] angles) {
    double lowest = 0;
    for (int angle = 0; angle < angles.length; angle++) {
      lowest = plan.turn(meter, sweep, angle, angles);
      row.step(sweep, (long) sweep * angles.length + angle)
          .set(ENERGY, lowest)
          .set(COST, meter.cost())
          .set(CIRCUITS, (long) meter.circuits())
          .set(SHOTS, meter.shots())
          .set(FROM_LOG, (long) meter.recorded())
          .log();
    }
    return lowest;
  }

  @Override
  public void close() {
    // The log ends last; what fails does not keep the others open.
    try {
      calls.close();
    } finally {
      try {
        checkpoints.close();
      } finally {
        logger.close();
      }
    }
  }
}
