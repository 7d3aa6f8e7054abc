// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventLogReader;
import dev.ringfold.EventView;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Runs a projection over a journal that nobody needs to have open: to make an output again, to
 * compare one, to see a state of the past. The same code as a live worker's, without its thread.
 */
public final class ProjectionRunner {
  private static final int BATCH = 4_096;

  private ProjectionRunner() {}

  /**
   * What a fold did.
   *
   * @param from position it was opened at
   * @param consumed position it came to
   * @param committed position of the newest commit
   */
  public record Folded(Position from, long consumed, Position committed) {}

  /**
   * Folds the journal into a projection, from its newest commit to a sequence, and closes it. It
   * commits where a live worker commits; what is left over at the end is made visible by {@link
   * Projection#refresh}, or, when there is nothing, the position moves on. Facts are followed and
   * none are written: an event that the projection refuses now and took before ends the fold. A
   * fold that was killed goes on where it was.
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
    Path output = outputs.toAbsolutePath().normalize();
    Path snapshot = snapshots.toAbsolutePath().normalize();
    WorkerContext context = new WorkerContext(log.storeId(), output, snapshot, projection.name());
    Offline offline = new Offline(projection.name());
    try (ProjectionDriver driver =
        new ProjectionDriver(projection, context, Journal.of(log), offline)) {
      driver.upTo(upTo);
      driver.open();
      Position from = driver.committed();
      while (driver.poll(BATCH) > 0) {
        continue;
      }
      driver.commitIfClean();
      if (driver.committed().sequence() < driver.applied()) {
        driver.refresh();
      }
      return new Folded(from, driver.applied(), driver.committed());
    } catch (OutputFailure e) {
      if (e.failure() instanceof IOException io) {
        throw io;
      }
      if (e.failure() instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw e;
    }
  }

  private record Offline(String name) implements Surroundings {
    @Override
    public void awaitPermanent(long sequence) {
      // Nobody to ask: should the journal lose its tail, the output is rolled back when it opens.
    }

    @Override
    public boolean retry(EventView event, int attempt, Exception cause) {
      return false;
    }

    @Override
    public void giveUp(EventView event, long consuming, int attempts, Exception cause) {
      throw new ProjectionFailedException(
          "Projection "
              + name
              + " refuses event "
              + event.sequence()
              + ", and no fact in the journal says that it was left out: "
              + cause,
          cause);
    }

    @Override
    public void committed(Position position) {}
  }
}
