// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogBuilder;
import dev.ringfold.EventLogReader;
import dev.ringfold.projections.ControlRequest;
import dev.ringfold.projections.ControlRequest.Command;
import dev.ringfold.projections.DeadLetters;
import dev.ringfold.projections.ProjectionControl;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.replay.WorkProgress;
import dev.ringfold.replay.rebuild.KnownProjections;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * Carries orders to projections out: through the process that has the store open, or, when nobody
 * has, by opening it; then for those projections that {@link KnownProjections} knows.
 */
final class ProjectionOrders {
  private static final Duration STEP = Duration.ofMillis(100);

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
   * @param progress hears how far the projection is when it is carried out here
   * @return who did it, for people
   */
  String send(ControlRequest request, WorkProgress progress) throws IOException {
    StoreHolder holder = StoreHolder.of(store);
    if (holder.held() || holder.status() == StoreHolder.Status.OUT_OF_SIGHT) {
      ProjectionControl.send(store, request, timeout);
      return "by process " + holder.pid();
    }
    EventLogBuilder builder = common.configure(EventLog.builder(store)).createIfMissing(false);
    if (!KnownProjections.isOwn(request.projection())) {
      KnownProjections.userTypes().forEach(builder::register);
    }
    try (EventLog log = builder.build()) {
      // What is to become of a letter is a fact in the journal, whoever works on it later.
      if (request.command() == Command.DROP) {
        DeadLetters.drop(log, request.projection(), request.sequence());
      } else if (request.command() == Command.RETRY) {
        DeadLetters.retry(log, request.projection(), request.sequence());
      } else {
        execute(log, request, progress);
      }
    }
    return "here";
  }

  private void execute(EventLog log, ControlRequest request, WorkProgress progress)
      throws IOException {
    String name = request.projection();
    try (EventLogReader reader = EventLogReader.open(store, log.types());
        KnownProjections known = KnownProjections.of(reader, outputs);
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log).outputs(outputs).add(known.make(name)).start()) {
      runtime.execute(request);
      if (WORK.contains(request.command())) {
        long end = log.lastSequence();
        boolean applied = false;
        while (!applied && !Thread.currentThread().isInterrupted()) {
          applied = runtime.awaitApplied(name, end, STEP);
          progress.tell(name, runtime.status(name).appliedSequence() + 1, end + 1);
        }
      }
    }
  }
}
