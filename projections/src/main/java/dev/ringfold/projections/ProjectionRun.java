// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventLogReader;
import dev.ringfold.EventView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A projection that is driven by hand, step by step, over a journal that nobody needs to have open:
 * for rebuilds, comparisons and tests. It commits where a live worker commits. Facts in the journal
 * are followed, none are written. One thread at a time.
 */
public final class ProjectionRun implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProjectionRun.class);
  private static final int BATCH = 4_096;

  /** What becomes of an event that the projection refuses and no fact speaks about. */
  public enum Refused {
    /** The run ends with a {@link ProjectionFailedException}. */
    STOP,
    /** The event is left out, as a dead letter would be, and counted. */
    LEAVE_OUT
  }

  private final ProjectionDriver driver;
  private final Offline offline;

  private ProjectionRun(ProjectionDriver driver, Offline offline) {
    this.driver = driver;
    this.offline = offline;
  }

  /**
   * Opens a projection at its newest commit that the journal continues.
   *
   * @param log the journal, which may be growing
   * @param projection one that is not open; {@link #close} closes it
   * @param outputs directory under which its output lies; made when it is missing
   * @param snapshots directory under which its snapshots lie; made when it is missing
   * @throws IOException when the output cannot be opened
   */
  public static ProjectionRun open(
      EventLogReader log, Projection projection, Path outputs, Path snapshots, Refused refused)
      throws IOException {
    return openWithout(log, projection, outputs, snapshots, refused, Set.of());
  }

  /**
   * As {@link #open}, with events that are left out as if they had been skipped: to see what the
   * output would be without them.
   *
   * @param without their sequences; above the newest commit, or they are in it
   * @throws IOException when the output cannot be opened
   */
  public static ProjectionRun openWithout(
      EventLogReader log,
      Projection projection,
      Path outputs,
      Path snapshots,
      Refused refused,
      Set<Long> without)
      throws IOException {
    WorkerContext context =
        new WorkerContext(
            log.storeId(),
            log.forkedFrom(),
            outputs.toAbsolutePath().normalize(),
            snapshots.toAbsolutePath().normalize(),
            projection.name());
    Offline offline = new Offline(projection.name(), refused);
    ProjectionDriver driver = new ProjectionDriver(projection, context, Journal.of(log), offline);
    driver.without(without);
    ProjectionRun run = new ProjectionRun(driver, offline);
    try {
      run.checked(
          () -> {
            driver.open();
            return 0;
          });
      return run;
    } catch (IOException | RuntimeException | Error e) {
      driver.close();
      throw e;
    }
  }

  /**
   * Consumes events up to a sequence, or to the end of what is written.
   *
   * @return the last sequence consumed
   * @throws ProjectionFailedException when the projection refuses an event
   * @throws IOException when its output cannot be written
   */
  public long advance(long upTo) throws IOException {
    return checked(
        () -> {
          long end = Math.min(upTo, Long.MAX_VALUE - 1) + 1;
          // A batch may not go beyond the last event asked for.
          while (driver.nextSequence() < end
              && driver.poll((int) Math.min(BATCH, end - driver.nextSequence())) > 0) {
            continue;
          }
          return driver.applied();
        });
  }

  /** Moves the position on if no work waits for a commit; a worker does so when it is closed. */
  public void commitIfClean() throws IOException {
    checked(
        () -> {
          driver.commitIfClean();
          return 0;
        });
  }

  /** Makes all work visible that is not permanent, see {@link Projection#showAll}. */
  public void showAll() throws IOException {
    checked(
        () -> {
          driver.showAll();
          return 0;
        });
  }

  /** Last sequence consumed, -1 for none. */
  public long consumed() {
    return driver.applied();
  }

  /** Position of the newest commit. */
  public Position committed() {
    return driver.committed();
  }

  /** How many events were left out because the projection refused them. */
  public long refused() {
    return offline.refusals;
  }

  /** Leaves the projection as a crash would: nothing of it is closed, only the journal's files. */
  public void abandon() {
    driver.abandon();
  }

  /** Closes the projection without a commit. */
  @Override
  public void close() throws IOException {
    driver.close();
  }

  private interface Step {
    long take();
  }

  private long checked(Step step) throws IOException {
    try {
      return step.take();
    } catch (OutputFailure e) {
      throw e.unwrapped();
    }
  }

  /** Nobody to ask, nobody to tell. */
  static final class Offline implements Surroundings {
    private final String name;
    private final Refused refused;
    private long refusals;

    Offline(String name, Refused refused) {
      this.name = name;
      this.refused = refused;
    }

    @Override
    public void awaitPermanent(long sequence) {
      // Nobody to ask: should the journal lose its tail, the output is rolled back when it opens.
    }

    @Override
    public boolean retry(EventView event, int attempt, Exception cause) {
      // Once more, as a worker would: nothing of the first try may have stayed.
      return refused == Refused.LEAVE_OUT && attempt == 1;
    }

    @Override
    public void giveUp(long sequence, long consuming, int attempts, Exception cause) {
      if (refused == Refused.LEAVE_OUT) {
        refusals++;
        LOG.warn("Projection {} refuses event {}", name, sequence, cause);
        return;
      }
      throw new ProjectionFailedException(
          "Projection "
              + name
              + " refuses event "
              + sequence
              + ", and no fact in the journal says that it was left out: "
              + cause,
          cause);
    }

    @Override
    public void committed(Position position) {
      LOG.debug("Projection {} committed {}", name, position);
    }
  }
}
