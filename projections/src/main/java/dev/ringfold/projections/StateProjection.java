// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventView;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A projection whose output is in memory: an index, a read model. Its state is saved as a snapshot
 * every {@link #snapshotEvents} events it took, and after a restart it goes on from the newest
 * snapshot that the journal continues.
 *
 * <p>All methods are called by the worker's thread; a state that other threads read has to be safe
 * for that. {@link ProjectionRuntime#awaitApplied} gives a reader its own writes.
 */
public abstract class StateProjection implements Projection {
  /** Events between two snapshots: folding so many again takes about a second. */
  public static final long DEFAULT_SNAPSHOT_EVENTS = 1_000_000;

  private @Nullable Snapshots snapshots;
  private @Nullable ProjectionContext context;
  private long sinceSnapshot;

  /** For subclasses. */
  protected StateProjection() {}

  /** Makes the state empty, as before the first event. */
  protected abstract void clear();

  /**
   * Takes one event, which is only valid during the call. When it throws, the state must be as it
   * was before.
   */
  protected abstract void fold(EventView event) throws Exception;

  /** Writes the state; equal states as equal bytes. */
  protected abstract void save(DataOutput out) throws IOException;

  /** Reads the state that {@link #save} wrote, to the last byte; it was cleared before. */
  protected abstract void load(DataInput in) throws IOException;

  /** Events taken between two snapshots. Must not change. */
  protected long snapshotEvents() {
    return DEFAULT_SNAPSHOT_EVENTS;
  }

  /** The surroundings, while it is open. */
  protected final ProjectionContext context() {
    ProjectionContext current = context;
    if (current == null) {
      throw new IllegalStateException("projection " + name() + " is not open");
    }
    return current;
  }

  @Override
  public final List<Position> committed(ProjectionContext surroundings) throws IOException {
    return snapshots(surroundings).positions();
  }

  @Override
  public final void open(Position position, ProjectionContext surroundings) throws IOException {
    context = surroundings;
    Snapshots found = snapshots(surroundings);
    snapshots = found;
    found.deleteAbove(position.sequence());
    sinceSnapshot = 0;
    clear();
    if (!position.equals(Position.START)) {
      found.read(position, this::load);
    }
  }

  @Override
  public final void apply(EventView event) throws Exception {
    fold(event);
    sinceSnapshot++;
  }

  @Override
  public final boolean commitDue() {
    return sinceSnapshot >= snapshotEvents();
  }

  @Override
  public final void commit(Position position) throws IOException {
    Snapshots target = snapshots;
    if (target == null) {
      throw new IllegalStateException("projection " + name() + " is not open");
    }
    target.write(position, this::save);
    sinceSnapshot = 0;
  }

  @Override
  public final boolean dirty() {
    return sinceSnapshot > 0;
  }

  @Override
  public void reset(ProjectionContext surroundings) throws IOException {
    snapshots(surroundings).deleteAll();
    clear();
  }

  @Override
  public OptionalInt outputVersion(ProjectionContext surroundings) throws IOException {
    return snapshots(surroundings).newestVersion();
  }

  @Override
  public Optional<List<OutputFile>> finishedFiles(Position position, ProjectionContext surroundings)
      throws IOException {
    return Optional.of(
        List.of(
            new OutputFile(
                "snapshot " + position.sequence(), snapshots(surroundings).file(position))));
  }

  @Override
  public List<OutputProblem> verify(ProjectionContext surroundings, boolean full)
      throws IOException {
    return snapshots(surroundings).verify(full);
  }

  @Override
  public void close() throws IOException {
    context = null;
    snapshots = null;
  }

  private Snapshots snapshots(ProjectionContext surroundings) {
    return new Snapshots(surroundings.snapshots(), name(), version());
  }
}
