// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventView;
import dev.ringfold.ForkOrigin;
import dev.ringfold.LogNames;
import dev.ringfold.SegmentRetiredException;
import dev.ringfold.Tailer;
import dev.ringfold.event.Event;
import dev.ringfold.internal.io.StoreSecurity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The surroundings of one projection; its tailer changes with each beginning. */
final class WorkerContext implements ProjectionContext {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerContext.class);

  private final String storeId;
  private final @Nullable ForkOrigin origin;
  private final Path outputs;
  private final Path snapshotRoot;
  private final String projection;
  private final List<Path> parents;
  private Path snapshots;
  private @Nullable Tailer tailer;
  private @Nullable LogNames names;
  private long consuming = -1;

  /**
   * @param origin where the store was forked from
   * @param outputs where outputs lie; made when it is missing
   * @param snapshotRoot of the snapshots of all projections; made when it is missing
   */
  WorkerContext(
      String storeId,
      @Nullable ForkOrigin origin,
      Path outputs,
      Path snapshotRoot,
      String projection) {
    this(storeId, origin, outputs, snapshotRoot, projection, List.of());
  }

  private WorkerContext(
      String storeId,
      @Nullable ForkOrigin origin,
      Path outputs,
      Path snapshotRoot,
      String projection,
      List<Path> parents) {
    this.storeId = storeId;
    this.origin = origin;
    this.outputs = outputs;
    this.snapshotRoot = snapshotRoot;
    this.projection = projection;
    this.parents = parents;
    this.snapshots = snapshotRoot.resolve(projection);
  }

  /** The surroundings of the same projection where its output is made beside the one in use. */
  WorkerContext beside() {
    Path builds = outputs.resolve(BesideBuild.DIRECTORY);
    return new WorkerContext(
        storeId,
        origin,
        builds.resolve(projection),
        snapshotRoot.resolve(BesideBuild.DIRECTORY),
        projection,
        List.of(outputs, builds, snapshotRoot));
  }

  /** The surroundings where an output is looked at before a roll back to it. */
  WorkerContext trial() {
    String name = projection + ".rollback";
    Path builds = outputs.resolve(BesideBuild.DIRECTORY);
    Path snapshotBuilds = snapshotRoot.resolve(BesideBuild.DIRECTORY);
    return new WorkerContext(
        storeId,
        origin,
        builds.resolve(name),
        snapshotBuilds.resolve(name),
        projection,
        List.of(outputs, builds, snapshotRoot, snapshotBuilds));
  }

  /** Deletes everything that is there. */
  void delete() throws IOException {
    SetAside.finish(outputs);
    SetAside.finish(snapshotRoot);
  }

  /** Makes directories and looks where the generations are; before each opening. */
  void prepare(Projection opened) throws IOException {
    for (Path parent : parents) {
      StoreSecurity.ensureDirectory(parent);
    }
    StoreSecurity.ensureDirectory(outputs);
    StoreSecurity.ensureDirectory(snapshotRoot);
    for (OutputGenerations each : generations(opened)) {
      each.heal();
    }
    look();
  }

  /** Looks where the generations are, and changes nothing. */
  void look() throws IOException {
    snapshots = snapshotGenerations().directory();
  }

  /**
   * Refuses when the output has what the journal no longer holds. One that bears gaps can be made
   * again at any time.
   */
  void requireReplaceable(Projection closed, Journal journal) {
    long floor = journal.floorSequence();
    if (floor == 0 || !closed.needsUncommitted() || !mayHoldEvents(closed)) {
      return;
    }
    throw SegmentRetiredException.of(
        journal.directory(),
        0,
        floor,
        "Projection "
            + projection
            + " is not reset: its output has events that the journal no longer holds, and could"
            + " not be made again whole. To begin without them, move what it has in "
            + outputs
            + " and "
            + snapshotRoot
            + " away. ");
  }

  private boolean mayHoldEvents(Projection closed) {
    try {
      return closed.outputVersion(this).isPresent() || !closed.committed(this).isEmpty();
    } catch (IOException | RuntimeException damaged) {
      LOG.warn("The output of projection {} cannot be looked at", projection, damaged);
      return true; // The undamaged part of it may be the only copy.
    }
  }

  /** Deletes the output, and all generations of the snapshots. */
  void reset(Projection closed) throws IOException {
    closed.reset(this);
    snapshotGenerations().deleteAll();
    look();
  }

  OutputGenerations snapshotGenerations() {
    return new OutputGenerations(snapshotRoot, projection);
  }

  /** Everything of the projection that lies in generations. */
  List<OutputGenerations> generations(Projection of) {
    List<OutputGenerations> all = new ArrayList<>();
    of.outputNames().forEach(name -> all.add(new OutputGenerations(outputs, name)));
    all.add(snapshotGenerations());
    return all;
  }

  /** Deletes generations that were replaced long ago. */
  void sweep(Projection of, Instant now) throws IOException {
    for (OutputGenerations each : generations(of)) {
      if (each.exists()) {
        each.deleteOld(now);
      }
    }
  }

  void reads(@Nullable Tailer newTailer) {
    tailer = newTailer;
    names = newTailer == null ? null : newTailer.names();
  }

  void consuming(long sequence) {
    consuming = sequence;
  }

  @Override
  public String storeId() {
    return storeId;
  }

  @Override
  public @Nullable ForkOrigin forkedFrom() {
    return origin;
  }

  @Override
  public Path outputs() {
    return outputs;
  }

  @Override
  public Path snapshots() {
    return snapshots;
  }

  @Override
  public LogNames names() {
    LogNames current = names;
    if (current == null) {
      throw new IllegalStateException("names are known only while events are applied");
    }
    return current;
  }

  @Override
  public long consuming() {
    return consuming;
  }

  @Override
  public Event decode(EventView event) {
    Tailer current = tailer;
    if (current == null) {
      throw new IllegalStateException("events are decoded only while they are applied");
    }
    return current.decode(event);
  }
}
