// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventLogReader;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Folds a whole journal into a projection without a log open for writing: to make an output again,
 * to compare one, to see a state of the past.
 */
public final class ProjectionRunner {
  private ProjectionRunner() {}

  /**
   * What a fold did.
   *
   * @param from position it was opened at
   * @param consumed last sequence it consumed
   * @param committed position of the newest commit
   */
  public record Folded(Position from, long consumed, Position committed) {}

  /**
   * Folds the journal into a projection, from its newest commit to a sequence, and closes it. What
   * is left over at the end is made visible by {@link Projection#showAll}, or, when there is
   * nothing, the position moves on. A fold that was killed goes on where it was.
   *
   * @param log the journal, which may be growing
   * @param projection one that is not open
   * @param outputs directory under which its output lies; made when it is missing
   * @param snapshots directory under which its snapshots lie; made when it is missing
   * @param upTo last sequence to consume; {@link Long#MAX_VALUE} for all that is written
   * @throws ProjectionFailedException when it refuses an event, or stands above {@code upTo}
   * @throws IOException when the output cannot be written
   */
  public static Folded fold(
      EventLogReader log, Projection projection, Path outputs, Path snapshots, long upTo)
      throws IOException {
    try (ProjectionRun run =
        ProjectionRun.open(log, projection, outputs, snapshots, ProjectionRun.Refused.STOP)) {
      Position from = run.committed();
      if (from.sequence() > upTo) {
        throw new ProjectionFailedException(
            "Projection "
                + projection.name()
                + " stands at sequence "
                + from.sequence()
                + " already, above the asked for "
                + upTo
                + ". Fold into another directory");
      }
      run.advance(upTo);
      run.commitIfClean();
      if (run.committed().sequence() < run.consumed()) {
        run.showAll();
      }
      return new Folded(from, run.consumed(), run.committed());
    }
  }
}
