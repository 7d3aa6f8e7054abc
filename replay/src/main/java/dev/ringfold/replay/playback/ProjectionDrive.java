// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

import dev.ringfold.EventLogReader;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionFailedException;
import dev.ringfold.projections.ProjectionRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Folds the events of a replay into a projection, on from its own newest commit. One thread. */
final class ProjectionDrive {
  private static final int STEP = 1 << 14;
  private static final long PROGRESS_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final EventLogReader log;
  private final ReplayOptions options;

  ProjectionDrive(EventLogReader log, ReplayOptions options) {
    this.log = log;
    this.options = options;
  }

  ReplayReport run(Projection projection, Path outputs, Path snapshots) throws IOException {
    ReplaySpan span = ReplaySpan.of(log, options);
    Pacer pacer = options.pacer();
    EventMatcher matcher =
        new EventMatcher(options.query.between(span.oldest() ? 0 : span.first(), span.last()));
    FilteredProjection filtered = new FilteredProjection(projection, matcher, pacer);
    try (ProjectionRun run =
        ProjectionRun.open(log, filtered, outputs, snapshots, ProjectionRun.Refused.STOP)) {
      long begin = Math.max(run.committed().sequence() + 1, log.floorSequence());
      if (begin > span.last() + 1) {
        throw new ProjectionFailedException(
            "Projection "
                + projection.name()
                + " in "
                + outputs
                + " stands at sequence "
                + (begin - 1)
                + " already, above the asked for "
                + span.last()
                + ". Replay into another directory");
      }
      boolean stopped = advance(run, filtered, begin, span.last(), pacer.isPacing() ? 1 : STEP);
      if (!stopped) {
        run.commitIfClean();
        if (run.committed().sequence() < run.consumed()) {
          run.showAll();
        }
      }
      return new ReplayReport(
          filtered.events(), begin, span.last(), run.consumed() + 1, stopped, 0);
    }
  }

  /** Whether it was stopped. */
  private boolean advance(
      ProjectionRun run, FilteredProjection filtered, long begin, long last, int step)
      throws IOException {
    long toldNanos = options.time.nanos();
    long next = begin;
    while (next <= last) {
      if (options.stopping.getAsBoolean()) {
        return true;
      }
      long reached = run.advance(Math.min(last, next + step - 1));
      if (reached < next) {
        break; // Nothing more is written.
      }
      next = reached + 1;
      if (options.time.nanos() - toldNanos >= PROGRESS_NANOS) {
        toldNanos = options.time.nanos();
        options.listener.onProgress(new Progress(begin, next, last, filtered.events()));
      }
    }
    options.listener.onProgress(new Progress(begin, next, last, filtered.events()));
    return false;
  }
}
