// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.EventLog;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.projections.index.EventIndex;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Opening a store with all its projections after its process was killed. */
final class ReadyTimes {
  private static final Duration LONG = Duration.ofMinutes(10);

  private ReadyTimes() {}

  /** Arguments: seed, rows, checkpoints. Leaves all of it open: the caller kills this JVM. */
  static Figures fill(ReplayKind kind, Path directory, Call call) throws Exception {
    EventLog log = ReplayStore.open(store(directory, kind));
    ProjectionRuntime runtime = start(log);
    ReplayStore.fill(log, call);
    awaitAll(runtime, log);
    return new Figures().put("rows", call.get("rows"));
  }

  /** Figures: openNanos of the log alone, readyNanos until every projection has caught up. */
  static Figures open(ReplayKind kind, Path directory, Call call) throws Exception {
    long start = System.nanoTime();
    try (EventLog log = ReplayStore.open(store(directory, kind))) {
      long opened = System.nanoTime();
      try (ProjectionRuntime runtime = start(log)) {
        awaitAll(runtime, log);
        long ready = System.nanoTime();
        if (log.lastSequence() < call.get("rows")) {
          throw new Checker.VerificationException(
              "the log ends with " + log.lastSequence() + " after " + call.get("rows") + " rows");
        }
        return new Figures().put("openNanos", opened - start).put("readyNanos", ready - start);
      }
    }
  }

  private static Path store(Path directory, ReplayKind kind) throws IOException {
    return Files.createDirectories(directory.resolveSibling("crashed-" + kind.label()));
  }

  private static List<Projection> projections(EventLog log) {
    return List.of(
        MetricTables.metrics(),
        MetricTables.ledger(),
        EventIndex.projection(),
        Checkpoints.trees(log));
  }

  private static ProjectionRuntime start(EventLog log) {
    ProjectionRuntime.Builder builder = ProjectionRuntime.builder(log);
    projections(log).forEach(builder::add);
    return builder.start();
  }

  private static void awaitAll(ProjectionRuntime runtime, EventLog log) {
    long last = log.lastSequence();
    for (var status : runtime.status()) {
      if (!runtime.awaitApplied(status.name(), last, LONG)) {
        throw new Checker.VerificationException(status.name() + " did not come to " + last);
      }
    }
  }
}
