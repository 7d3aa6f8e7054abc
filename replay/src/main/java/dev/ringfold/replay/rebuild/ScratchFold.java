// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.rebuild;

import dev.ringfold.EventLogReader;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.projections.OutputRebuild;
import dev.ringfold.projections.Position;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionContext;
import dev.ringfold.projections.ProjectionRun;
import dev.ringfold.replay.FloorCheck;
import dev.ringfold.replay.LogEnd;
import dev.ringfold.replay.WorkProgress;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * A projection folded into a directory of its own; the outputs in use are not touched.
 *
 * @param context where it is
 * @param committed its newest commit
 * @param names what it has in the outputs
 */
record ScratchFold(ProjectionContext context, Position committed, Set<String> names) {
  private static final int STEP = 1 << 14;

  /**
   * Folds from the journal's begin.
   *
   * @param scratch directory for all folds; it exists
   * @param upTo last sequence to consume
   * @param progress hears of the sequences, as the step of the projection's name
   * @throws dev.ringfold.SegmentRetiredException when the journal no longer has all events
   */
  static ScratchFold run(
      EventLogReader log, Projection projection, Path scratch, long upTo, WorkProgress progress)
      throws IOException {
    requireWhole(log);
    Path root = scratch.resolve(projection.name());
    StoreSecurity.ensureDirectory(root);
    Path outputs = root.resolve("outputs");
    Path snapshots = root.resolve("snapshots");
    Position committed;
    try (ProjectionRun run =
        ProjectionRun.open(log, projection, outputs, snapshots, ProjectionRun.Refused.STOP)) {
      advance(run, projection.name(), Math.min(upTo, LogEnd.of(log).lastSequence()), progress);
      run.commitIfClean();
      if (run.committed().sequence() < run.consumed()) {
        run.showAll();
      }
      committed = run.committed();
    }
    ProjectionContext context = OutputRebuild.closedContext(log, projection, outputs, snapshots);
    return new ScratchFold(context, committed, names(projection, outputs));
  }

  private static void advance(ProjectionRun run, String name, long last, WorkProgress progress)
      throws IOException {
    long begin = run.committed().sequence() + 1;
    long next = begin;
    while (next <= last) {
      progress.tell(name, next - begin, last - begin + 1);
      long reached = run.advance(Math.min(last, next + STEP - 1));
      if (reached < next) {
        return; // Nothing more is written.
      }
      next = reached + 1;
    }
  }

  /** Refuses what cannot be made from the events that are left. */
  static void requireWhole(EventLogReader log) {
    FloorCheck.require(log, 0);
  }

  private static Set<String> names(Projection projection, Path outputs) throws IOException {
    if (!projection.outputNames().isEmpty()) {
      return Set.copyOf(projection.outputNames());
    }
    Set<String> names = new TreeSet<>();
    if (Files.isDirectory(outputs)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(outputs)) {
        entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
      }
    }
    return names;
  }
}
