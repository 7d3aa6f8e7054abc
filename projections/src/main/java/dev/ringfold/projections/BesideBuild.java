// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.SegmentRetiredException;
import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.FaultPoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An output that is made beside the one in use, and takes its place when it has caught up.
 *
 * <pre>
 * outputs/_rebuild/NAME/     what would be in outputs/
 *   horizon                  last sequence up to which facts about left out events were looked for
 * snapshots/_rebuild/NAME/   what would be in snapshots/NAME/
 * outputs/_rebuild/NAME.rollback/
 *                            what a roll back would bring, while it is looked at; in snapshots, too
 * </pre>
 *
 * It commits like any other output, so that one that was killed goes on from its newest commit.
 * Used by one thread at a time; {@link #halt} by any.
 */
final class BesideBuild implements AutoCloseable {
  /** Where builds are, in the outputs and in the snapshots. */
  static final String DIRECTORY = "_rebuild";

  private static final String HORIZON = "horizon";
  private static final int MAX_HORIZON_BYTES = 32;
  private static final int MAX_RESTARTS = 3;
  private static final int BATCH = 4_096;
  private static final Logger LOG = LoggerFactory.getLogger(BesideBuild.class);

  private final Projection projection;
  private final Journal journal;
  private final Surroundings surroundings;
  private final WorkerContext live;
  private final WorkerContext beside;
  private volatile @Nullable ProjectionDriver driver;
  private volatile boolean halted;
  private boolean resumed;
  private int restarts;
  private volatile long closedAt = -1;

  /**
   * A build that is not begun.
   *
   * @param projection one that is not open
   * @param live where the output in use is
   */
  BesideBuild(
      Projection projection, Journal journal, Surroundings surroundings, WorkerContext live) {
    this.projection = projection;
    this.journal = journal;
    this.surroundings = surroundings;
    this.live = live;
    this.beside = live.beside();
  }

  /**
   * Opens the build where it stands.
   *
   * @throws SegmentRetiredException when events that it needs are gone; nothing was changed
   */
  void open() throws IOException {
    Position stands = stands();
    if (journal.floorSequence() > 0 && stands.equals(Position.START)) {
      throw SegmentRetiredException.of(journal.directory(), 0, journal.floorSequence());
    }
    if (!stands.equals(Position.START) && isOverruled(readHorizon(), stands.sequence())) {
      LOG.info("The build of projection {} is begun again: facts came meanwhile", name());
      discard();
      stands = Position.START;
    }
    resumed = !stands.equals(Position.START);
    ProjectionDriver opened = new ProjectionDriver(projection, beside, journal, surroundings);
    driver = opened;
    if (halted) {
      opened.halt();
    }
    opened.open();
    byte[] horizon = (opened.horizon() + "\n").getBytes(StandardCharsets.US_ASCII);
    DurableFile.write(beside.outputs().resolve(HORIZON), beside.outputs(), horizon);
  }

  /** Where a build stands that was begun before; the start when there is none. */
  private Position stands() throws IOException {
    if (!Files.isDirectory(beside.outputs(), LinkOption.NOFOLLOW_LINKS)) {
      return Position.START;
    }
    beside.look();
    List<Position> candidates = projection.committed(beside);
    if (candidates.isEmpty()) {
      return Position.START;
    }
    return PositionChoice.choose(projection, candidates, journal);
  }

  private long readHorizon() throws IOException {
    Path file = beside.outputs().resolve(HORIZON);
    try {
      if (Files.size(file) <= MAX_HORIZON_BYTES) {
        return Long.parseLong(Files.readString(file, StandardCharsets.US_ASCII).strip());
      }
    } catch (NoSuchFileException | NumberFormatException unknown) {
      LOG.debug("{} cannot be used", file, unknown);
    }
    return -1;
  }

  /**
   * Whether facts that came after the horizon speak about events that were applied: the projection
   * in use put them aside, or somebody skipped them, while this was made.
   */
  private boolean isOverruled(long horizon, long applied) {
    return Exclusions.after(horizon, name(), journal, () -> halted, Set.of()).anyUpTo(applied);
  }

  private String name() {
    return projection.name();
  }

  /** Whether it went on where an earlier one had stopped. */
  boolean isResumed() {
    return resumed;
  }

  /** Makes the thread that folds leave at the next event, for good. */
  void halt() {
    halted = true;
    ProjectionDriver current = driver;
    if (current != null) {
      current.halt();
    }
  }

  /** Last event consumed. Any thread. */
  long applied() {
    ProjectionDriver current = driver;
    return current == null ? closedAt : current.applied();
  }

  /** The event it was at when it failed. */
  long failedAt() {
    return applied() + 1;
  }

  private ProjectionDriver driver() {
    ProjectionDriver current = driver;
    if (current == null) {
      throw new IllegalStateException("the build of " + name() + " is not open");
    }
    return current;
  }

  /**
   * Folds a batch.
   *
   * @param upTo last sequence to consume
   * @return false at the journal's end or when {@code upTo} was consumed
   */
  boolean fold(long upTo) {
    long end = Math.min(upTo, Long.MAX_VALUE - 1) + 1;
    int limit = (int) Math.min(BATCH, end - driver().nextSequence());
    return limit > 0 && driver().poll(limit) > 0;
  }

  /**
   * Folds the rest and closes the projection; what is not permanent then can be seen all the same.
   *
   * @return the position of the newest commit, or null when all had to be begun again because a
   *     fact came about an event that was applied
   */
  @Nullable Position finish(long upTo) throws IOException {
    while (fold(upTo)) {
      continue;
    }
    ProjectionDriver finished = driver();
    finished.commitIfClean();
    if (finished.committed().sequence() < finished.consumed().sequence()) {
      finished.showAll();
    }
    Position committed = finished.committed();
    boolean overruled = isOverruled(finished.horizon(), finished.consumed().sequence());
    close();
    if (overruled) {
      if (++restarts > MAX_RESTARTS) {
        throw new ProjectionFailedException(
            "The build of projection "
                + name()
                + " was begun "
                + restarts
                + " times, and each time events that it had taken were skipped or put aside."
                + " Rebuild it when the projection no longer fails");
      }
      discard();
      open();
      return null;
    }
    FaultPoint.hit("rebuild.folded");
    return committed;
  }

  /**
   * Makes what was built the output in use; the projection in use must not be open.
   *
   * @param keepUntil until when what is replaced stays at least; null for the usual time
   */
  void promote(@Nullable Instant keepUntil) throws IOException {
    live.prepare(projection);
    List<String> names = projection.outputNames();
    for (String output : names) {
      OutputGenerations target = new OutputGenerations(live.outputs(), output);
      Path built = new OutputGenerations(beside.outputs(), output).directory();
      keep(target, target.promote(built), keepUntil);
    }
    if (names.isEmpty()) {
      for (Path built : children(beside.outputs())) {
        String name = String.valueOf(built.getFileName());
        if (!name.equals(HORIZON)) {
          OutputGenerations target = new OutputGenerations(live.outputs(), name);
          keep(target, target.exchange(built), keepUntil);
        }
      }
    }
    beside.look();
    OutputGenerations snapshots = live.snapshotGenerations();
    if (snapshots.exists() || Files.isDirectory(beside.snapshots())) {
      keep(snapshots, snapshots.promote(beside.snapshots()), keepUntil);
    }
    discard();
    live.look();
    projection.exchanged(live);
  }

  private static void keep(OutputGenerations target, int replaced, @Nullable Instant until)
      throws IOException {
    if (until != null && target.numbers().contains(replaced)) {
      target.keep(replaced, until);
    }
  }

  private static List<Path> children(Path directory) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      List<Path> children = new java.util.ArrayList<>();
      entries.forEach(children::add);
      return children;
    }
  }

  /** Deletes what was built. */
  void discard() throws IOException {
    Path builds = live.outputs().resolve(DIRECTORY);
    SetAside.delete(beside.outputs(), SetAside.of(builds, name()));
    beside.snapshotGenerations().deleteAll();
  }

  /** Closes the projection; what was committed stays for the next time. */
  @Override
  public void close() throws IOException {
    ProjectionDriver current = driver;
    driver = null;
    if (current != null) {
      closedAt = current.applied();
      current.close();
    }
  }
}
