// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventLogReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Makes the output of a projection again from the journal, beside the one in use, and puts it in
 * its place; or puts the one before back. For stores whose projections no process runs; {@link
 * ProjectionRuntime#rebuild} is for the others. Readers see the old output or the new one, and what
 * they have open stays readable. Stateless.
 */
public final class OutputRebuild {
  private OutputRebuild() {}

  /** Is told how far a rebuild is, and may end it. */
  @FunctionalInterface
  public interface Progress {
    /**
     * A batch was consumed.
     *
     * @param sequence the last one
     * @return false to stop; a later rebuild goes on at the newest commit
     */
    boolean consumed(long sequence);
  }

  /**
   * What a rebuild did.
   *
   * @param projection its name
   * @param switched whether the new output is in use; false when it was stopped before
   * @param resumed whether it went on where an earlier one had stopped
   * @param consumed last sequence consumed
   * @param committed position of the newest commit
   */
  public record Rebuilt(
      String projection, boolean switched, boolean resumed, long consumed, Position committed) {}

  /**
   * What a roll back did.
   *
   * @param projection its name
   * @param version of the output that is in use now, 0 when it does not say
   * @param paused whether the projection waits from now on until it is resumed, since its program
   *     writes another version and would replace the output at once
   */
  public record RolledBack(String projection, int version, boolean paused) {}

  /**
   * Says that nobody else runs projections over a store, until it is closed.
   *
   * @throws ProjectionFailedException when a process does
   */
  public static Closeable alone(Path store) throws IOException {
    FileChannel place = new ControlFiles(store).serve(FileTime.fromMillis(0));
    return place;
  }

  /**
   * Rebuilds.
   *
   * @param log the journal, which may be growing
   * @param projection one that is not open
   * @param outputs directory of the outputs
   * @param snapshots directory of the snapshots of all projections
   * @param keepUntil until when the output that is replaced stays at least; null for the usual ten
   *     minutes
   * @throws dev.ringfold.SegmentRetiredException when the journal no longer has all events; the
   *     output is left as it is
   * @throws ProjectionFailedException when it refuses an event; the output is left as it is
   */
  public static Rebuilt run(
      EventLogReader log,
      Projection projection,
      Path outputs,
      Path snapshots,
      @Nullable Instant keepUntil,
      Progress progress)
      throws IOException {
    WorkerContext live = context(log, projection, outputs, snapshots);
    ProjectionRun.Offline offline =
        new ProjectionRun.Offline(projection.name(), ProjectionRun.Refused.STOP);
    try (BesideBuild build = new BesideBuild(projection, Journal.of(log), offline, live)) {
      build.open();
      Position committed = null;
      while (committed == null) {
        while (build.fold(Long.MAX_VALUE)) {
          if (!progress.consumed(build.applied())) {
            return new Rebuilt(
                projection.name(), false, build.isResumed(), build.applied(), Position.START);
          }
        }
        committed = build.finish(build.applied());
      }
      build.promote(keepUntil);
      return new Rebuilt(projection.name(), true, build.isResumed(), build.applied(), committed);
    } catch (OutputFailure e) {
      throw e.unwrapped();
    }
  }

  /**
   * Puts the output back that was in use before the last rebuild. The projection goes on at that
   * output's newest commit, if its program writes the same version; if not, it is paused.
   *
   * @throws NoSuchFileException when there is none any more
   * @throws ProjectionFailedException when the journal does not continue it; nothing was changed
   */
  public static RolledBack rollBack(
      EventLogReader log, Projection projection, Path outputs, Path snapshots) throws IOException {
    WorkerContext live = context(log, projection, outputs, snapshots);
    return rollBack(projection, live, new ControlFiles(log.directory()), Journal.of(log));
  }

  static RolledBack rollBack(
      Projection projection, WorkerContext live, ControlFiles control, Journal journal)
      throws IOException {
    live.prepare(projection);
    List<OutputGenerations> all = new ArrayList<>();
    for (OutputGenerations each : outputs(projection, live)) {
      if (each.canRollBack()) {
        all.add(each);
      }
    }
    if (all.isEmpty()) {
      throw new NoSuchFileException(
          live.outputs().toString(),
          null,
          "there is no output of projection "
              + projection.name()
              + " before the present one. Rebuild it: ringfold rebuild");
    }
    requireContinued(projection, live, journal);
    for (OutputGenerations each : all) {
      each.rollBack();
    }
    live.look();
    OptionalInt version = projection.outputVersion(live);
    boolean paused = version.isPresent() && version.getAsInt() != projection.version();
    if (paused) {
      control.paused(projection.name(), true);
    }
    projection.exchanged(live);
    return new RolledBack(projection.name(), version.orElse(0), paused);
  }

  /** One that the journal does not continue would be made again, or given up, when it is opened. */
  private static void requireContinued(Projection projection, WorkerContext live, Journal journal)
      throws IOException {
    WorkerContext trial = live.trial();
    trial.delete();
    try {
      trial.prepare(projection);
      List<OutputGenerations> places = outputs(projection, trial);
      List<OutputGenerations> all = outputs(projection, live);
      for (int i = 0; i < all.size(); i++) {
        all.get(i).tryRollBack(places.get(i));
      }
      trial.look();
      OptionalInt version = projection.outputVersion(trial);
      if (version.isPresent() && version.getAsInt() != projection.version()) {
        return; // Only its own program can tell.
      }
      List<Position> committed = projection.committed(trial);
      boolean begins = committed.isEmpty() && journal.floorSequence() == 0;
      if (!begins && PositionChoice.fitting(projection, committed, journal).isEmpty()) {
        throw new ProjectionFailedException(
            "Projection "
                + projection.name()
                + " is not rolled back: its output before the last rebuild has "
                + (committed.isEmpty()
                    ? "no commit"
                    : "commits up to sequence " + committed.get(0).sequence())
                + ", but none that the journal, which begins at sequence "
                + journal.floorSequence()
                + ", continues. The present output stays");
      }
    } finally {
      trial.delete();
    }
  }

  /** Those in generations, and those that were exchanged by renames. */
  private static List<OutputGenerations> outputs(Projection projection, WorkerContext live) {
    List<OutputGenerations> all = new ArrayList<>(live.generations(projection));
    if (projection.outputNames().isEmpty()) {
      all.add(new OutputGenerations(live.outputs(), projection.name()));
    }
    return all;
  }

  /** The surroundings of a projection that is not open; nothing is made. */
  public static ProjectionContext closedContext(
      EventLogReader log, Projection projection, Path outputs, Path snapshots) throws IOException {
    WorkerContext context = context(log, projection, outputs, snapshots);
    context.look();
    return context;
  }

  /**
   * The position a projection's output stands at, as far as the journal continues it.
   *
   * @return empty when it has no commit
   * @throws ProjectionFailedException when no commit fits, and the journal cannot make it again
   */
  public static Optional<Position> standsAt(
      EventLogReader log, Projection projection, ProjectionContext context) throws IOException {
    return standsAt(log, projection, projection.committed(context));
  }

  /**
   * As {@link #standsAt(EventLogReader, Projection, ProjectionContext)}, of what {@link
   * Projection#committed} said: to ask for it once.
   */
  public static Optional<Position> standsAt(
      EventLogReader log, Projection projection, List<Position> committed) {
    Position position = PositionChoice.choose(projection, committed, Journal.of(log));
    return position.equals(Position.START) ? Optional.empty() : Optional.of(position);
  }

  private static WorkerContext context(
      EventLogReader log, Projection projection, Path outputs, Path snapshots) {
    return new WorkerContext(
        log.storeId(),
        log.forkedFrom(),
        outputs.toAbsolutePath().normalize(),
        snapshots.toAbsolutePath().normalize(),
        projection.name());
  }
}
