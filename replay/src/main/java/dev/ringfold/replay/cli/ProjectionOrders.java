// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventLog;
import dev.ringfold.projections.ControlRequest;
import dev.ringfold.projections.ControlRequest.Command;
import dev.ringfold.projections.DeadLetters;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionControl;
import dev.ringfold.projections.ProjectionFailedException;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.projections.index.EventIndex;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.parquet.MetricTables;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * Carries orders to projections out: through the process that has the store open, or, when nobody
 * has, by opening it. The projections of a user's program are only known to that program.
 */
final class ProjectionOrders {
  private static final Duration STEP = Duration.ofSeconds(1);
  private static final String CHECKPOINTS = "checkpoints";

  /** Orders that are done when the projection has come to the end of the journal. */
  private static final Set<Command> WORK =
      EnumSet.of(Command.RESET, Command.RESUME, Command.COMPACT);

  private final CommonOptions common;
  private final Path store;
  private final Path outputs;
  private final Duration timeout;

  /**
   * Orders about a store.
   *
   * @param timeout how long another process may take
   */
  ProjectionOrders(CommonOptions common, Path store, Path outputs, Duration timeout) {
    this.common = common;
    this.store = store;
    this.outputs = outputs;
    this.timeout = timeout;
  }

  /**
   * Carries an order out.
   *
   * @return who did it, for people
   */
  String send(ControlRequest request) {
    StoreHolder holder = StoreHolder.of(store);
    if (holder.held() || holder.status() == StoreHolder.Status.OUT_OF_SIGHT) {
      ProjectionControl.send(store, request, timeout);
      return "by process " + holder.pid();
    }
    try (EventLog log = common.configure(EventLog.builder(store)).createIfMissing(false).build()) {
      // What is to become of a letter is a fact in the journal, whoever works on it later.
      if (request.command() == Command.DROP) {
        DeadLetters.drop(log, request.projection(), request.sequence());
      } else if (request.command() == Command.RETRY) {
        DeadLetters.retry(log, request.projection(), request.sequence());
      } else {
        execute(log, request);
      }
    }
    return "here";
  }

  private void execute(EventLog log, ControlRequest request) {
    String name = request.projection();
    try (ProjectionRuntime runtime =
        ProjectionRuntime.builder(log).outputs(outputs).add(known(name, log)).start()) {
      runtime.execute(request);
      if (WORK.contains(request.command())) {
        long end = log.lastSequence();
        boolean applied = false;
        while (!applied && !Thread.currentThread().isInterrupted()) {
          applied = runtime.awaitApplied(name, end, STEP);
        }
      }
    }
  }

  private static Projection known(String name, EventLog log) {
    if (name.equals(MetricTables.METRICS)) {
      return MetricTables.metrics();
    }
    if (name.equals(MetricTables.LEDGER)) {
      return MetricTables.ledger();
    }
    if (name.equals(CHECKPOINTS)) {
      return Checkpoints.trees(log);
    }
    if (name.equals(EventIndex.NAME)) {
      return EventIndex.projection();
    }
    throw new ProjectionFailedException(
        "projection '"
            + name
            + "' is not one of Ringfold's own ("
            + String.join(
                ", ", MetricTables.METRICS, MetricTables.LEDGER, CHECKPOINTS, EventIndex.NAME)
            + "), and no process has the store open. Start the program it belongs to, and send the"
            + " order again");
  }
}
